/** What applications have of a person, and how it is taken back. */
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { auditEvents, clients, consents } from '../../src/db/schema.ts'
import { en } from '../../src/messages/en.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, signIn } from '../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from '../login/people.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import { addClient, signInAs } from '../worker/admin-client.ts'
import { isAlive } from '../worker/managed-person.ts'

const path = '/account/applications'

async function signedIn(person: Person): Promise<Browser> {
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  return browser
}

/** As the person does it on the page of consent. */
async function allow(browser: Browser, client: string): Promise<void> {
  const page = await browser.follow(await browser.get(authorizePath(client)))
  await browser.follow(await browser.post('/consent', { ...page.hidden, decision: 'allow' }))
}

const consentsOf = ({ id }: Person) => testDatabase().select().from(consents).where(eq(consents.user_id, id))

const withdraw = async (browser: Browser, client_id: string) => {
  const { csrf_token = '' } = (await browser.get('/password')).hidden
  return browser.post(`${path}/withdraw`, { csrf_token, client_id })
}

describe('applications with access', () => {
  test('are listed with what they may do, since when, and whether they keep it', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    expect((await browser.get(path)).html).toContain('No application has access')
    const client = await addApplication('Demo <b>Shop</b>')
    await allow(browser, client)
    // One that needs no consent has access too.
    const console = await addClient(['openid', 'offline_access'])
    await signInAs(person.id, console, { scopes: ['openid', 'offline_access'] })
    const { html } = await browser.get(path)
    expect(html).toContain('Demo &lt;b&gt;Shop&lt;/b&gt;')
    expect(html).toContain('See your email address')
    expect(html).toMatch(/Allowed [A-Z]/)
    expect(html).toContain('Admin test')
    expect(html).toContain('has access while you are away')
    // Nobody else's.
    const other = await signedIn(await addPerson())
    expect((await other.get(path)).html).toContain('No application has access')
  })

  // French has a space before its colon, Japanese a colon of its own.
  test('that administer are listed with what and how, without punctuation of one language', async () => {
    const person = await addPerson()
    const client = await addClient(['openid', 'admin:users:read', 'admin:users:write'])
    await signInAs(person.id, client, { scopes: ['openid', 'admin:users:read', 'admin:users:write'] })
    const { html } = await (await signedIn(person)).get(path)
    const { name, actions } = en.administration.areas.users
    const words = [...actions.read, ...actions.write].join(', ')
    expect(html).toContain(`<li><strong>${name}</strong> <span class="quiet">${words}</span></li>`)
  })

  test('lose it: consent and tokens end, with an event, and they must ask again', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const client = await addApplication()
    await allow(browser, client)
    const grant = await signInAs(person.id, client, { scopes: ['openid', 'offline_access'] })
    const [other, kept] = [await addClient(['openid']), 'openid']
    const bystander = await signInAs(person.id, other, { scopes: [kept] })
    const page = await browser.get(path)
    const answer = await browser.post(`${path}/withdraw`, { ...page.hidden, client_id: client })
    expect(answer.location).toBe(`${path}?done=withdrawn`)
    const shown = await browser.follow(answer)
    expect(shown.html).toContain('no longer has access')
    expect(shown.html).not.toContain(client)
    expect(await consentsOf(person)).toEqual([])
    expect(await isAlive({ id: person.id, ...grant })).toBe(false)
    expect(await isAlive({ id: person.id, ...bystander })).toBe(true)
    const events = await testDatabase().select().from(auditEvents).where(eq(auditEvents.user_id, person.id))
    expect(events.filter(({ type }) => type === 'consent.revoked')).toMatchObject([
      {
        ...{ actor_type: 'user', actor_id: person.id, client_id: client, data: { reason: 'user' } },
        changes: { scopes: { before: ['openid', 'email'], after: null } },
      },
    ])
    const again = await browser.follow(await browser.get(authorizePath(client)))
    expect(again.html).toContain('action="/consent"')
  })

  // Attack: guessing which applications there are, or what others use.
  test('the answer is the same for one that is unknown, or somebody else’s', async () => {
    const [person, owner] = [await addPerson(), await addPerson()]
    const [browser, owners] = [await signedIn(person), await signedIn(owner)]
    const client = await addApplication()
    await allow(owners, client)
    for (const id of [client, 'unknown', '', 'x'.repeat(300), "'; drop table consents; --"]) {
      const { status, location } = await withdraw(browser, id)
      expect([status, location], id).toEqual([303, `${path}?done=withdrawn`])
    }
    expect(await consentsOf(owner)).toHaveLength(1)
    expect(await sessionsOf(person.id).listGrants({ now: Date.now() })).toEqual([])
  })

  test('is not withdrawn by another site, or without a session (CSRF)', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const client = await addApplication()
    await allow(browser, client)
    expect((await browser.post(`${path}/withdraw`, { client_id: client })).status).toBe(403)
    const page = await browser.get(path)
    const forged = { origin: 'https://evil.test' }
    expect(
      (await browser.post(`${path}/withdraw`, { ...page.hidden, client_id: client }, forged)).status,
    ).toBe(403)
    expect((await withdraw(openBrowser(), client)).status).toBe(403)
    expect(await consentsOf(person)).toHaveLength(1)
  })

  test('lead to a sign-in there, with the issuer (OpenID Connect Core §4): those in use, and the deployment’s own', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const [used, own, foreign, off] = await Promise.all(['Used', 'Own', 'Foreign', 'Off'].map(addApplication))
    const columns = {
      [used as string]: { initiate_login_uri: 'https://used.test/start?tenant=1' },
      [own as string]: { initiate_login_uri: 'https://own.test/start', first_party: true },
      [foreign as string]: { initiate_login_uri: 'https://foreign.test/start' },
      [off as string]: { initiate_login_uri: 'https://off.test/start', first_party: true, enabled: false },
    }
    for (const [client_id, changed] of Object.entries(columns)) {
      await testDatabase().update(clients).set(changed).where(eq(clients.client_id, client_id))
    }
    await allow(browser, used as string)
    const { html } = await browser.get(path)
    const links = [...html.matchAll(/href="(https:\/\/[a-z]+\.test\/start[^"]*)"/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&'),
    )
    const iss = encodeURIComponent('https://auth.test')
    expect(links).toContain(`https://used.test/start?tenant=1&iss=${iss}`)
    expect(links).toContain(`https://own.test/start?iss=${iss}`)
    expect(links.join()).not.toMatch(/foreign|off\.test/)
    // Nothing can be withdrawn where nothing was given.
    expect(html).toContain(`name="client_id" value="${used}"`)
    expect(html).not.toContain(`name="client_id" value="${own}"`)
    await testDatabase()
      .update(clients)
      .set({ enabled: false })
      .where(eq(clients.client_id, own as string))
  })
})
