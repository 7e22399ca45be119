/** Back-channel logout (OpenID Connect Back-Channel Logout 1.0): whoever took part is told, once, whatever fails. */
import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test'
import { and, eq, like } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { auditEvents, clients } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, issuer, openBrowser, signIn } from '../login/browser.ts'
import { addPerson, authorizePath, goodPassword, type Person } from '../login/people.ts'
import { sessionsOf, stubOf } from '../sessions/object-subject.ts'
import { addAdmin, callAdmin } from '../worker/admin-client.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { openRelyingParty, type RelyingParty, tellClients, verifyLogoutToken } from './relying-party.ts'

beforeEach(() => useSettings({}))

const log = hearLog()
const hour = 3_600_000

// Ahead of the platform's clock: alarms ring when a test says so, not by themselves.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 }))
afterEach(() => vi.useRealTimers())

async function signedIn(person: Person): Promise<Browser> {
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  return browser
}

/** A person who is signed in to a client that is told by back-channel. */
async function open(changed: Parameters<typeof openRelyingParty>[0] = {}) {
  const person = await addPerson()
  const browser = await signedIn(person)
  const party = await openRelyingParty(changed)
  await party.allowLoopback()
  const tokens = await party.tokens(browser)
  return { person, browser, party, tokens }
}

const signOut = async (browser: Browser) => browser.post('/logout', (await browser.get('/logout')).hidden)
const ringsAt = (stub: DurableObjectStub) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm())

/** Lets time pass until the alarm of the outbox is due, again and again, and rings it. */
async function runFor({ outbox, allowLoopback }: RelyingParty, milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds
  for (;;) {
    const at = await ringsAt(outbox())
    if (at === null || at > until) break
    vi.setSystemTime(Math.max(at, Date.now()))
    await allowLoopback()
    await runDurableObjectAlarm(outbox())
  }
  vi.setSystemTime(until)
}

const eventsOf = async ({ client_id }: RelyingParty) => {
  const rows = await testDatabase()
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.client_id, client_id), like(auditEvents.type, 'logout.%')))
  return rows.map(({ type, outcome, data }) => ({ type, outcome, ...(data as object) }))
}
const storedText = (stub: DurableObjectStub) =>
  runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name IN ('logouts', 'outbox')")
      .toArray()
    return JSON.stringify([
      tables.map(({ name }) => storage.sql.exec(`SELECT * FROM ${name}`).toArray()),
      [...storage.kv.list()],
    ])
  })

describe('the logout token', () => {
  it('names person and session as the ID token did, and is signed as that (§2.4)', async () => {
    for (const id_token_signed_response_alg of ['RS256', 'ES256', 'EdDSA']) {
      const { person, browser, party, tokens } = await open({ id_token_signed_response_alg })
      await signOut(browser)
      await tellClients(person.id, [party])
      const [request, ...more] = await party.seen()
      expect(more).toEqual([])
      const payload = await verifyLogoutToken(request as never, party.client_id)
      const { sub, sid } = decodeJwt(tokens.id_token)
      expect(payload).toMatchObject({ sub, sid })
      expect(request?.headers['cache-control']).toBe('no-store')
      expect(await eventsOf(party)).toEqual([{ type: 'logout.delivered', outcome: 'success', attempts: 1 }])
      expect(await storedText(party.outbox())).toBe('[[],[]]')
    }
  })

  it('has the subject of that client (pairwise)', async () => {
    const { person, browser, party, tokens } = await open({ subject_type: 'pairwise' })
    await signOut(browser)
    await tellClients(person.id, [party])
    const [request] = await party.seen()
    const { sub } = await verifyLogoutToken(request as never, party.client_id)
    expect(sub).toBe(decodeJwt(tokens.id_token).sub)
    expect(sub).not.toBe(person.id)
  })

  // Attack: whoever intercepts or receives one presents it where another token of ours is expected.
  it('is taken for no other token: not as a hint, not as an access token', async () => {
    const { person, browser, party } = await open()
    await signOut(browser)
    await tellClients(person.id, [party])
    const token = new URLSearchParams((await party.seen())[0]?.body).get('logout_token') as string
    const again = await signedIn(person)
    const asHint = await again.get(`/oidc/logout?id_token_hint=${token}`)
    expect(asHint.status).toBe(400)
    const silent = await again.get(authorizePath(party.client_id, { id_token_hint: token, prompt: 'none' }))
    expect(silent.location).toContain('error=')
    expect((await sessionsOf(person.id).listSessions({ now: Date.now() })).length).toBe(1)
    const headers = { authorization: `Bearer ${token}` }
    expect((await SELF.fetch(`${issuer}/oidc/userinfo`, { headers })).status).toBe(401)
    expect((await SELF.fetch(`${issuer}/admin/users`, { headers })).status).toBe(401)
  })
})

describe('each end of a session is told, once for each client that took part', () => {
  const both = async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const parties = await Promise.all([openRelyingParty(), openRelyingParty()])
    for (const party of parties) {
      await party.allowLoopback()
      await party.tokens(browser)
      // A second sign-in to the same client in the same session.
      await party.tokens(browser)
    }
    return { person, browser, parties }
  }
  type Both = Awaited<ReturnType<typeof both>>
  const admin = async (method: 'POST' | 'DELETE', path: string) => {
    const headers = { 'if-match': '*' }
    expect((await callAdmin(await addAdmin(), method, path, { headers })).status).toBeLessThan(300)
  }
  const form = async (browser: Browser, page: string, path: string, fields = {}) => {
    const { csrf_token = '' } = (await browser.get(page)).hidden
    const answer = await browser.post(path, { csrf_token, ...fields })
    expect(answer.status).toBeLessThan(400)
  }
  const sessionOf = async ({ person }: Both) =>
    (await sessionsOf(person.id).listSessions({ now: Date.now() }))[0]?.session_id as string

  const ends: Readonly<Record<string, (all: Both) => Promise<unknown>>> = {
    'sign-out at this server': ({ browser }) => signOut(browser),
    'RP-initiated logout': async ({ browser, parties: [party] }) => {
      const { id_token } = await (party as RelyingParty).tokens(browser)
      const answer = await browser.get(`/oidc/logout?id_token_hint=${id_token}`)
      expect(answer.html).toContain('You are signed out')
    },
    'RP-initiated logout with a question': async ({ browser, parties: [party] }) => {
      const page = await browser.get(`/oidc/logout?client_id=${party?.client_id}`)
      await browser.post('/oidc/logout/confirm', page.hidden)
    },
    'another browser ends it': async (all) => {
      const session_id = await sessionOf(all)
      const other = await signedIn(all.person)
      await form(other, '/account/sessions', '/account/sessions/end', { session_id })
    },
    'another browser ends all others': async ({ person }) =>
      form(await signedIn(person), '/account/sessions', '/account/sessions/end-others'),
    'sign-out everywhere': ({ browser }) => form(browser, '/account/sessions', '/account/sessions/end-all'),
    'a new password': ({ browser }) =>
      form(browser, '/password', '/password', {
        current_password: goodPassword,
        new_password: 'another-fine-kettle-9',
        repeat_password: 'another-fine-kettle-9',
        new_password_repeated: 'another-fine-kettle-9',
      }),
    'an administrator ends it': async (all) =>
      admin('DELETE', `/admin/users/${all.person.id}/sessions/${await sessionOf(all)}`),
    'an administrator ends all': ({ person }) => admin('DELETE', `/admin/users/${person.id}/sessions`),
    'an administrator disables the account': ({ person }) =>
      admin('POST', `/admin/users/${person.id}/disable`),
    'an administrator deletes the account': ({ person }) => admin('DELETE', `/admin/users/${person.id}`),
    'somebody else signs in in this browser': async ({ browser }) => {
      const other = await addPerson()
      await signIn(browser, other.email, goodPassword, '/login?as=another')
    },
  }
  for (const [name, end] of Object.entries(ends)) {
    it(name, async () => {
      const all = await both()
      await end(all)
      await tellClients(all.person.id, all.parties)
      await tellClients(all.person.id, all.parties)
      for (const party of all.parties) {
        const seen = await party.seen()
        expect(seen).toHaveLength(1)
        await verifyLogoutToken(seen[0] as never, party.client_id)
      }
    })
  }

  it('but not signing in again in the same browser: the clients stay, under the name they know (sid)', async () => {
    const { person, browser, party, tokens } = await open()
    await signIn(browser, person.email, goodPassword, '/login?as=another')
    await tellClients(person.id, [party])
    expect(await party.seen()).toEqual([])
    const refreshed = (await (await party.refresh(tokens.refresh_token as string)).json()) as typeof tokens
    expect(decodeJwt(refreshed.id_token)['sid']).toBe(decodeJwt(tokens.id_token)['sid'])
    // The first ID token is of this session still: nothing is asked.
    const answer = await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    expect(answer.html).toContain('You are signed out')
    await tellClients(person.id, [party])
    const [request] = await party.seen()
    const { sid } = await verifyLogoutToken(request as never, party.client_id)
    expect(sid).toBe(decodeJwt(tokens.id_token)['sid'])
  })

  it('and only theirs: not a client of another session, not one without an address, not one that never redeemed its code', async () => {
    const { person, browser, party } = await open()
    const silent = await openRelyingParty({ backchannel_logout_uri: null })
    const unredeemed = await openRelyingParty()
    await silent.tokens(browser)
    await browser.get(authorizePath(unredeemed.client_id))
    const elsewhere = await openRelyingParty()
    await elsewhere.tokens(await signedIn(person))
    await signOut(browser)
    await tellClients(person.id, [party, silent, unredeemed, elsewhere])
    const counts = [party, silent, unredeemed, elsewhere].map(async (each) => (await each.seen()).length)
    expect(await Promise.all(counts)).toEqual([1, 0, 0, 0])
  })
})

describe('the outbox', () => {
  it('the sign-out waits for no client: it has answered before one is asked', async () => {
    const { person, browser, party } = await open()
    await party.set('hangs')
    expect((await signOut(browser)).status).toBe(303)
    expect(await party.seen()).toEqual([])
    await party.set('up')
    await tellClients(person.id, [party])
    expect(await party.seen()).toHaveLength(1)
  })

  it('a client down for an hour, then back: every logout once, and it was asked for all together', async () => {
    const { person, browser, party } = await open()
    await party.set('down')
    const people = [{ person, browser }]
    for (let more = 0; more < 3; more++) {
      const other = await addPerson()
      const theirs = await signedIn(other)
      await party.tokens(theirs)
      people.push({ person: other, browser: theirs })
    }
    for (const each of people) {
      await signOut(each.browser)
      await runDurableObjectAlarm(stubOf(each.person.id))
    }
    await runFor(party, hour)
    const asked = (await party.seen()).length
    // All of them the first time, then one for all, less and less often.
    expect(asked).toBeGreaterThan(8)
    expect(asked).toBeLessThan(24)
    await party.set('up')
    await runFor(party, 2 * hour)
    const told = (await party.seen()).slice(asked)
    const subjects = await Promise.all(told.map(async (each) => (await verifyLater(each, party)).sub))
    expect(subjects.toSorted()).toEqual(people.map((each) => each.person.id).toSorted())
    expect((await eventsOf(party)).map(({ type }) => type)).toEqual(Array(4).fill('logout.delivered'))
    expect(await storedText(party.outbox())).toBe('[[],[]]')
    expect(log.lines.filter(({ event }) => event === 'logout_failed').length).toBeGreaterThan(8)
    expect(JSON.stringify(log.lines)).not.toContain('eyJ')
  })

  it('an answer that got lost: told again with the same `jti`, which the client knows then', async () => {
    const { person, browser, party } = await open()
    await party.set('loses_answers')
    await signOut(browser)
    await tellClients(person.id, [party])
    await party.set('up')
    await runFor(party, hour)
    const ids = (await party.seen()).map(
      ({ body }) => decodeJwt(new URLSearchParams(body).get('logout_token') as string).jti,
    )
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('survives the eviction of both objects', async () => {
    const { person, browser, party } = await open()
    await signOut(browser)
    await evictDurableObject(stubOf(person.id))
    await runDurableObjectAlarm(stubOf(person.id))
    await evictDurableObject(party.outbox())
    await party.allowLoopback()
    await runDurableObjectAlarm(party.outbox())
    expect(await party.seen()).toHaveLength(1)
    expect(await ringsAt(party.outbox())).toBeNull()
  })

  it('killed between handing over and forgetting: the same logout is stored once', async () => {
    const { person, browser, party } = await open()
    await signOut(browser)
    const waiting = await runInDurableObject(stubOf(person.id), (_, { storage }) => [
      ...storage.kv.list({ prefix: 'logouts:' }),
    ])
    expect(waiting).toHaveLength(1)
    await runDurableObjectAlarm(stubOf(person.id))
    // As if it had ended before it deleted them.
    await runInDurableObject(stubOf(person.id), (_, { storage }) => {
      for (const [key, value] of waiting) storage.kv.put(key, value)
    })
    await evictDurableObject(stubOf(person.id))
    await runInDurableObject(stubOf(person.id), (_, { storage }) => storage.setAlarm(Date.now() + 1000))
    await tellClients(person.id, [party])
    expect(await party.seen()).toHaveLength(1)
  })

  it('one that takes nothing holds up no other client, and no other is told again', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const parties = [await openRelyingParty(), await openRelyingParty(), await openRelyingParty()] as const
    for (const party of parties) {
      await party.allowLoopback()
      await party.tokens(browser)
    }
    const [before, stuck, after] = parties
    const other = await signedIn(person)
    await stuck.tokens(other)
    await stuck.setTaking(false)
    await signOut(browser)
    await signOut(other)
    const waiting = () =>
      runInDurableObject(stubOf(person.id), (_, { storage }) =>
        [...storage.kv.list<{ client_id: string }[]>({ prefix: 'logouts:' })].map(([, logouts]) =>
          logouts.map(({ client_id }) => client_id),
        ),
      )
    const seen = () => Promise.all(parties.map(async (party) => (await party.seen()).length))
    for (let minutes = 1; minutes <= 3; minutes++) {
      await tellClients(person.id, [before, after])
      expect(await seen()).toEqual([1, 0, 1])
      expect(await waiting()).toEqual([[stuck.client_id], [stuck.client_id]])
      const failures = log.lines.filter(({ event }) => event === 'logout_hand_over_failed')
      expect(failures).toHaveLength(minutes)
      expect(failures[0]?.reason).toContain('takes nothing')
      // Neither was enqueued again.
      expect(await Promise.all([before, after].map(({ outbox }) => ringsAt(outbox())))).toEqual([null, null])
      expect(await ringsAt(stubOf(person.id))).toBeLessThanOrEqual(Date.now() + 60_000)
      vi.setSystemTime(Date.now() + 60_000)
    }
    await stuck.setTaking(true)
    await tellClients(person.id, parties)
    expect(await seen()).toEqual([1, 2, 1])
    expect(await waiting()).toEqual([])
  })

  it('waits whole while the configuration cannot be read', async () => {
    const { person, browser, party } = await open()
    await signOut(browser)
    const configure = (bindings: object) =>
      runInDurableObject(stubOf(person.id), (instance) => {
        Object.assign(instance, { env: { ...env, ...bindings } })
      })
    await configure({ AUTHLY_ISSUER: 'nowhere' })
    await tellClients(person.id, [party])
    expect(await party.seen()).toEqual([])
    expect(log.lines.filter(({ event }) => event === 'logout_hand_over_failed')).toHaveLength(1)
    await configure({})
    await tellClients(person.id, [party])
    expect(await party.seen()).toHaveLength(1)
  })

  it('killed while the client is asked: the alarm comes again', async () => {
    const { person, browser, party } = await open()
    await signOut(browser)
    await party.set('hangs')
    await runDurableObjectAlarm(stubOf(person.id))
    const attempt = runDurableObjectAlarm(party.outbox()).catch(() => undefined)
    await vi.waitFor(async () => expect(await party.seen()).toHaveLength(1))
    const again = await ringsAt(party.outbox())
    expect(again).toBeGreaterThan(Date.now())
    await party.set('up')
    await attempt
    await runFor(party, hour)
    expect((await party.seen()).length).toBeGreaterThanOrEqual(2)
    expect((await eventsOf(party)).map(({ type }) => type)).toEqual(['logout.delivered'])
  })

  it('what the client refuses (400) is not sent again, with an event', async () => {
    const { person, browser, party } = await open()
    await party.set('refuses')
    await signOut(browser)
    await tellClients(person.id, [party])
    await runFor(party, 24 * hour)
    expect(await party.seen()).toHaveLength(1)
    expect(await eventsOf(party)).toEqual([
      { type: 'logout.refused', outcome: 'failure', attempts: 1, reason: 'http_400' },
    ])
  })

  it('is given up after a day, with an event', async () => {
    const { person, browser, party } = await open()
    await party.set('down')
    await signOut(browser)
    await runDurableObjectAlarm(stubOf(person.id))
    await runFor(party, 25 * hour)
    const requests = (await party.seen()).length
    expect(requests).toBeGreaterThan(25)
    expect(requests).toBeLessThan(60)
    expect((await eventsOf(party)).map(({ type }) => type)).toEqual(['logout.given_up'])
    expect(await storedText(party.outbox())).toBe('[[],[]]')
  })

  it('giving one up is no answer of the client, which is asked no more often for the others', async () => {
    const { person, browser, party } = await open()
    await party.set('down')
    await signOut(browser)
    await runDurableObjectAlarm(stubOf(person.id))
    await runFor(party, 23 * hour)
    for (let more = 0; more < 3; more++) {
      const other = await addPerson()
      const theirs = await signedIn(other)
      await party.tokens(theirs)
      await signOut(theirs)
      await runDurableObjectAlarm(stubOf(other.id))
    }
    const failures = () => runInDurableObject(party.outbox(), (_, { storage }) => storage.kv.get('failures'))
    const known = (await failures()) as number
    expect(known).toBeGreaterThan(20)
    await runFor(party, hour + 60_000)
    expect((await eventsOf(party)).map(({ type }) => type)).toEqual(['logout.given_up'])
    expect(await failures()).toBeGreaterThan(known)
    const asked = (await party.seen()).length
    await runFor(party, 2 * hour)
    // One for all, an hour less or more by a quarter apart.
    expect((await party.seen()).length - asked).toBeLessThanOrEqual(3)
    await party.set('up')
    await runFor(party, 2 * hour)
    const ends = (await eventsOf(party)).map(({ type }) => type)
    expect(ends.toSorted()).toEqual([
      'logout.delivered',
      'logout.delivered',
      'logout.delivered',
      'logout.given_up',
    ])
  })

  it('given up all at once, without an attempt, when the alarm comes a day late', async () => {
    const party = await openRelyingParty()
    await party.allowLoopback()
    for (let number = 0; number < 7; number++) {
      const person = await addPerson()
      const browser = await signedIn(person)
      await party.tokens(browser)
      await signOut(browser)
      await runDurableObjectAlarm(stubOf(person.id))
    }
    vi.setSystemTime(Date.now() + 24 * hour)
    await runDurableObjectAlarm(party.outbox())
    expect(await party.seen()).toEqual([])
    expect((await eventsOf(party)).map(({ type }) => type)).toEqual(Array(7).fill('logout.given_up'))
    expect(await storedText(party.outbox())).toBe('[[],[]]')
  })

  it('204 counts as told; an answer without end is not read', async () => {
    for (const behaviour of ['no_content', 'endless'] as const) {
      const { person, browser, party } = await open()
      await party.set(behaviour)
      await signOut(browser)
      await tellClients(person.id, [party])
      expect((await eventsOf(party)).map(({ type }) => type)).toEqual(['logout.delivered'])
    }
  })

  // Attack: the address leads into a private network, or to somebody else (SSRF).
  test.each([
    'http://127.0.0.1:1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'https://[::1]/',
    'http://app.example/',
    'https://app.example:22/',
  ])('%s is not called', async (backchannel_logout_uri) => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const party = await openRelyingParty({ backchannel_logout_uri })
    await party.tokens(browser)
    await signOut(browser)
    await tellClients(person.id, [party])
    expect(await eventsOf(party)).toEqual([
      { type: 'logout.refused', outcome: 'failure', attempts: 1, reason: 'address_refused' },
    ])
  })

  it('follows no redirect', async () => {
    const { person, browser, party } = await open()
    await party.set('redirect')
    await signOut(browser)
    await tellClients(person.id, [party])
    expect((await party.seen()).map(({ path }) => path)).toEqual([`/${party.client_id}/backchannel`])
  })

  it('forgets what nobody wants to know any more: the client is gone, or its address', async () => {
    const { person, browser, party } = await open()
    await party.set('down')
    await signOut(browser)
    await tellClients(person.id, [party])
    await testDatabase()
      .update(clients)
      .set({ backchannel_logout_uri: null, version: 2 })
      .where(eq(clients.client_id, party.client_id))
    await runFor(party, 3 * hour)
    expect(await ringsAt(party.outbox())).toBeNull()
    expect(await eventsOf(party)).toEqual([])
  })
})

describe('a client that its document describes', () => {
  const described = async (columns: Parameters<typeof openRelyingParty>[0]) => {
    const client_id = `https://editor.example/${uuidv7()}.json`
    const party = await openRelyingParty({ client_id, origin: 'document', first_party: false, ...columns })
    await party.allowLoopback()
    const logout = { logout_id: uuidv7(), client_id, user_id: uuidv7(), sub: 's', session_id: uuidv7() }
    await party.outbox().enqueue({ ...logout, ended_at: Date.now() })
    await runFor(party, 60_000)
    expect(await ringsAt(party.outbox())).toBeNull()
    return party
  }

  it('is told where an administrator who reviewed it said so', async () => {
    const party = await described({ reviewed: true })
    const [request, ...more] = await party.seen()
    expect(more).toEqual([])
    expect(await verifyLogoutToken(request as never, party.client_id)).toMatchObject({ sub: 's' })
  })

  it('is not called where it says so itself', async () => {
    expect(await (await described({ reviewed: false })).seen()).toEqual([])
  })
})

describe('a client that signs out stays signed out (§2.7)', () => {
  const introspected = async (token: string, sessions: Person) => {
    const headers = { authorization: `Bearer ${token}` }
    expect((await SELF.fetch(`${issuer}/oidc/userinfo`, { headers })).status, sessions.id).toBe(401)
  }

  it('with refresh tokens: they and the access tokens are dead, and nothing signs it in silently', async () => {
    const { person, browser, party, tokens } = await open()
    await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    expect((await party.refresh(tokens.refresh_token as string)).status).toBe(400)
    await introspected(tokens.access_token, person)
    const silent = await browser.get(authorizePath(party.client_id, { prompt: 'none' }))
    expect(silent.location).toContain('error=login_required')
  })

  it('without refresh tokens too', async () => {
    const { person, browser, party, tokens } = await open({ grant_types: ['authorization_code'] })
    expect(tokens.refresh_token).toBeUndefined()
    await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    await introspected(tokens.access_token, person)
    const silent = await browser.get(authorizePath(party.client_id, { prompt: 'none' }))
    expect(silent.location).toContain('error=login_required')
  })

  it('a code that was on its way is worth nothing afterwards', async () => {
    const { browser, party, tokens } = await open()
    const answer = await browser.get(authorizePath(party.client_id))
    const code = new URL(answer.location as string).searchParams.get('code') as string
    await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    const form = { grant_type: 'authorization_code', code, client_id: party.client_id }
    const response = await SELF.fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    expect(response.status).toBe(400)
  })

  it('offline_access outlives the session, and the client is told all the same', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const party = await openRelyingParty()
    await party.allowLoopback()
    const tokens = await party.tokens(browser, 'openid offline_access')
    await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    await tellClients(person.id, [party])
    expect(await party.seen()).toHaveLength(1)
    expect((await party.refresh(tokens.refresh_token as string)).status).toBe(200)
  })

  it('also where the session had expired unused before', async () => {
    const { browser, party, tokens } = await open()
    vi.setSystemTime(Date.now() + 13 * 86_400_000)
    expect((await party.refresh(tokens.refresh_token as string)).status).toBe(200)
    vi.setSystemTime(Date.now() + 1000)
    const answer = await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    expect(answer.html).toContain('You are signed out')
    expect((await party.refresh(tokens.refresh_token as string)).status).toBe(400)
  })
})

/** A token of an earlier moment: only its content. */
const verifyLater = async ({ body }: { readonly body: string }, { client_id }: RelyingParty) => {
  const payload = decodeJwt(new URLSearchParams(body).get('logout_token') as string)
  expect(payload.aud).toBe(client_id)
  return payload
}
