import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, test } from 'vitest'
import { randomToken } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { maxDeviceFailures } from '../../src/sessions/known-device.ts'
import { login, origin } from '../sessions/examples.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../worker/admin-client.ts'
import { type Browser, openBrowser, type Shown, signIn, withoutChance } from './browser.ts'
import { addPerson, goodPassword, type Person } from './people.ts'

const cookie = '__Host-authly_devices'
const newPassword = 'orbit kettle purple seven'
let addresses = 0
const freshAddress = () => `2001:db8:${(addresses++).toString(16)}::1`

/** Hours of somebody else's failures under each name of the account, the last one just now: 15 minutes of lock. */
async function attack({ id, email, username }: Person): Promise<void> {
  const { root, sessionsOf } = testDependencies()
  for (const name of [email, username]) {
    const identifier_hash = await root.mac('login identifier', name)
    for (let minutes = 240; minutes >= 0; minutes -= 15) {
      const now = Date.now() - minutes * 60_000
      const failure = { ...login({ now, user_id: id, identifier_hash, password_ok: false }), origin }
      expect((await sessionsOf(id).recordLogin(failure)).status).toBe('refused')
    }
    expect(await statusOf(openBrowser(freshAddress()), name)).toBe(429)
  }
}

/** A browser in which the person signed in before; the session has ended. */
async function knownBrowser(person: Person): Promise<Browser> {
  const browser = openBrowser(freshAddress())
  expect((await signIn(browser, person.email, goodPassword)).status).toBe(303)
  browser.cookies.delete('__Host-authly_session')
  return browser
}

const withCookie = (value: string | undefined): Browser => {
  const browser = openBrowser(freshAddress())
  if (value !== undefined) browser.cookies.set(cookie, value)
  return browser
}

const statusOf = async (browser: Browser, name: string, password = goodPassword) =>
  (await signIn(browser, name, password)).status

const forgetButtons = (shown: Shown) =>
  [...shown.html.matchAll(/name="device_id" value="([^"]+)"/g)].map(([, id]) => id as string)

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

describe('a person whose account somebody else keeps failing at', () => {
  test('signs in with the right password on a known device, by each name, and nowhere else', async () => {
    const person = await addPerson()
    const browser = await knownBrowser(person)
    await attack(person)
    expect(await statusOf(openBrowser(freshAddress()), person.email)).toBe(429)
    expect(await statusOf(browser, person.email)).toBe(303)
    expect(await statusOf(browser, person.username.toUpperCase())).toBe(303)
    expect(await statusOf(openBrowser(freshAddress()), person.email)).toBe(429)
  })

  test('is known under a new cookie after each sign-in; the old one is as none', async () => {
    const person = await addPerson()
    const browser = await knownBrowser(person)
    const first = browser.cookies.get(cookie)
    await attack(person)
    expect(await statusOf(browser, person.email)).toBe(303)
    expect(browser.cookies.get(cookie)).not.toBe(first)
    expect(await statusOf(withCookie(first), person.email)).toBe(429)
    expect(await statusOf(browser, person.email)).toBe(303)
  })

  test('is not helped by a forged cookie, half a cookie or another account’s', async () => {
    const [person, mallory] = [await addPerson(), await addPerson()]
    const own = (await knownBrowser(person)).cookies.get(cookie) as string
    const foreign = (await knownBrowser(mallory)).cookies.get(cookie) as string
    await attack(person)
    const mixed = `${foreign.split('.')[0]}.${own.split('.')[1]}`
    const sealedElsewhere = await createRootSecret(randomToken()).seal('handle:kd', '{}')
    for (const value of [foreign, mixed, own.slice(0, -2), `authly_kd_${sealedElsewhere}.x`, 'x', '..']) {
      expect(await statusOf(withCookie(value), person.email)).toBe(429)
    }
  })

  test('keeps a device for each account of one browser', async () => {
    const [ada, grace] = [await addPerson(), await addPerson()]
    const browser = await knownBrowser(ada)
    expect(await statusOf(browser, grace.email)).toBe(303)
    await attack(ada)
    expect(await statusOf(browser, ada.email)).toBe(303)
    await attack(grace)
    expect(await statusOf(browser, grace.email)).toBe(303)
  })

  test('is not kept out by colleagues who spent the attempts of their common address', async () => {
    const person = await addPerson()
    const browser = openBrowser('198.51.100.201')
    expect(await statusOf(browser, person.email)).toBe(303)
    // Attempts grow back while a slow machine makes them: until there are none, not just as often as there were.
    for (let failure = 0; failure < 200; failure++) {
      const name = `nobody-${failure}@office.test`
      const { status } = await signIn(openBrowser('198.51.100.201'), name, 'wrong wrong wrong')
      if (status === 429) break
    }
    expect(await statusOf(openBrowser('198.51.100.201'), person.email)).toBe(429)
    expect(await statusOf(browser, person.username)).toBe(303)
    expect(await statusOf(browser, person.email)).toBe(303)
  }, 120_000)
})

describe('a stolen device cookie', () => {
  test('is worth ten guesses, in parallel too, and then the account’s own lock counts', async () => {
    const person = await addPerson()
    const stolen = (await knownBrowser(person)).cookies.get(cookie)
    await attack(person)
    const thief = withCookie(stolen)
    const page = await thief.get('/login')
    const guesses = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        thief.post('/login', {
          ...page.hidden,
          identifier: person.email,
          password: `guess number ${index}`,
        }),
      ),
    )
    const statuses = guesses.map(({ status }) => status)
    expect(statuses.filter((status) => status === 400)).toHaveLength(maxDeviceFailures)
    expect(statuses.filter((status) => status === 429)).toHaveLength(16 - maxDeviceFailures)
    expect(await statusOf(thief, person.email)).toBe(429)
  })

  test('tells nothing that any browser would not see: a wrong password looks the same', async () => {
    const person = await addPerson()
    const known = await knownBrowser(person)
    const onDevice = await signIn(known, person.email, 'wrong wrong wrong')
    const elsewhere = await signIn(openBrowser(freshAddress()), 'nobody@device.test', 'wrong wrong wrong')
    expect(withoutChance(onDevice)).toEqual(withoutChance(elsewhere))
    expect(onDevice.headers.getSetCookie().join()).not.toContain(cookie)
  })
})

describe('a device is unknown again', () => {
  const ended = async (person: Person, device: string | undefined, password = goodPassword) => {
    await attack(person)
    expect(await statusOf(withCookie(device), person.email, password)).toBe(429)
  }

  test('when it is forgotten on the account page', async () => {
    const person = await addPerson()
    const browser = await knownBrowser(person)
    const lost = browser.cookies.get(cookie)
    const own = openBrowser(freshAddress())
    await signIn(own, person.email, goodPassword)
    const page = await own.get('/account/sessions')
    expect(page.html).toContain('Devices that are known')
    const ids = forgetButtons(page)
    expect(ids).toHaveLength(2)
    const form = { csrf_token: page.hidden['csrf_token'] ?? '', device_id: ids[1] as string }
    const answer = await own.post('/account/devices/forget', form)
    expect(answer.location).toBe('/account/sessions?done=device')
    const after = await own.follow(answer)
    expect(after.html).toContain('That device is no longer known.')
    expect(forgetButtons(after)).toEqual([ids[0]])
    await ended(person, lost)
  })

  test('but not by another person, nor by another site (CSRF)', async () => {
    const [person, mallory] = [await addPerson(), await addPerson()]
    const own = openBrowser(freshAddress())
    await signIn(own, person.email, goodPassword)
    const page = await own.get('/account/sessions')
    const [device_id = ''] = forgetButtons(page)
    const foreign = openBrowser(freshAddress())
    await signIn(foreign, mallory.email, goodPassword)
    const csrf_token = (await foreign.get('/account/sessions')).hidden['csrf_token'] ?? ''
    await foreign.post('/account/devices/forget', { csrf_token, device_id })
    expect((await own.post('/account/devices/forget', { device_id })).status).toBe(403)
    expect(forgetButtons(await own.get('/account/sessions'))).toEqual([device_id])
  })

  test('when the password is changed', async () => {
    const person = await addPerson()
    const device = (await knownBrowser(person)).cookies.get(cookie)
    const own = openBrowser(freshAddress())
    await signIn(own, person.email, goodPassword)
    const page = await own.get('/password')
    const changed = await own.post('/password', {
      ...page.hidden,
      ...{ current_password: goodPassword, new_password: newPassword, repeat_password: newPassword },
    })
    expect(changed.location).toBe('/account/security?done=password')
    await ended(person, device, newPassword)
  })

  test('when the person signs out everywhere else; the browser they do it in stays known', async () => {
    const person = await addPerson()
    const device = (await knownBrowser(person)).cookies.get(cookie)
    const own = openBrowser(freshAddress())
    await signIn(own, person.email, goodPassword)
    const page = await own.get('/account/sessions')
    await own.post('/account/sessions/end-others', { csrf_token: page.hidden['csrf_token'] ?? '' })
    await ended(person, device)
    expect(await statusOf(own, person.email)).toBe(303)
  })

  test.each([
    ['resets the password', 'POST', '/reset-password', { method: 'link' }],
    ['signs the person out', 'DELETE', '/sessions', undefined],
    ['disables the account', 'POST', '/disable', undefined],
  ])('when an administrator %s', async (_, method, path, body) => {
    const person = await addPerson()
    const browser = await knownBrowser(person)
    const headers = { 'if-match': '*' }
    const answer = await callAdmin(admin, method, `/admin/users/${person.id}${path}`, { body, headers })
    expect(answer.status).toBeLessThan(300)
    const own = env.USER_SESSIONS.getByName(person.id)
    expect(await own.listDevices({ now: Date.now() })).toEqual([])
    await attack(person)
    expect(await statusOf(browser, person.email)).toBe(429)
  })
})

test('an administrator’s unlock lets the person in on any device, as before', async () => {
  const person = await addPerson()
  await attack(person)
  expect(await statusOf(openBrowser(freshAddress()), person.email)).toBe(429)
  await callAdmin(admin, 'POST', `/admin/users/${person.id}/unlock`, { headers: { 'if-match': '*' } })
  expect(await statusOf(openBrowser(freshAddress()), person.email)).toBe(303)
})
