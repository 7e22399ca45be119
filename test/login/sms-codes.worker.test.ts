import { eq } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { users } from '../../src/db/schema.ts'
import { testDatabase } from '../fakes/database.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp } from './authenticator.ts'
import { type Browser, type Shown, signIn } from './browser.ts'
import { otherThan, startMail, typeCode } from './mailbox.ts'
import { addPerson, goodPassword, type Person } from './people.ts'

const database = testDatabase()
const session = '__Host-authly_session'
const settings = {
  'sign_in.sms_codes': 'second_factor',
  'sign_in.second_factor': 'required',
  'sms.allowed_countries': ['+49'],
}
hearLog()
beforeAll(() => useSettings(settings))

let numbers = Date.now() % 10_000_000
const newNumber = (code = '+49'): string => {
  numbers += 1
  return `${code}170${String(numbers).padStart(7, '0')}`
}
const givePhone = ({ id }: Person, phone_number: string, phone_number_verified = true) =>
  database.update(users).set({ phone_number, phone_number_verified }).where(eq(users.id, id))

/** The page that follows the password. */
async function passPassword(service: ReturnType<typeof startMail>, person: Person) {
  const browser = service.open()
  const page = await browser.follow(await signIn(browser, person.email, goodPassword))
  return { browser, page }
}

async function withCode() {
  const service = startMail()
  const person = await addPerson()
  const number = newNumber()
  await givePhone(person, number)
  await service.deliver(number, 'sms')
  const { browser, page } = await passPassword(service, person)
  expect(page.hidden).toMatchObject({ step: 'sms_code', send: 'yes' })
  const asked = await send(browser, page)
  const { code, to } = await service.text(1)
  expect(to).toBe(number)
  return { service, person, number, browser, page: asked, code }
}

const send = async (browser: Browser, page: Shown): Promise<Shown> =>
  browser.follow(await browser.post('/login', { ...page.hidden, send: 'yes' }))

test('a code by text message is a second factor', async () => {
  const { browser, page, code, number } = await withCode()
  expect(page.html).toContain('autocomplete="one-time-code"')
  expect(page.html).not.toContain(number)
  expect(browser.cookies.has(session)).toBe(false)
  expect((await typeCode(browser, page, code)).location).toBe('/account')
  expect(browser.cookies.has(session)).toBe(true)
})

test('50 uses at once: one signs in', async () => {
  const { browser, page, code } = await withCode()
  const answers = await Promise.all(Array.from({ length: 50 }, () => typeCode(browser, page, code)))
  expect(answers.filter(({ location }) => location === '/account')).toHaveLength(1)
})

test('after five wrong ones the sign-in is over, and so is the code', async () => {
  const { browser, page, code } = await withCode()
  for (let guess = 1; guess <= 5; guess++) {
    expect((await typeCode(browser, page, otherThan(code, guess))).status).toBe(400)
  }
  expect((await typeCode(browser, page, code)).status).toBe(400)
  expect(browser.cookies.has(session)).toBe(false)
})

test('a code to a number that the account has no more is over', async () => {
  const { browser, page, code, person } = await withCode()
  await givePhone(person, newNumber())
  const answer = await typeCode(browser, page, code)
  expect(answer.status).toBe(400)
  expect(answer.html).toContain('does not work any more')
})

test.each<[string, (person: Person) => Promise<unknown>]>([
  ['a number that was not verified', (person) => givePhone(person, newNumber(), false)],
  ['no number', async () => undefined],
])('%s is no second factor: one is set up', async (_what, prepare) => {
  const service = startMail()
  const person = await addPerson()
  await prepare(person)
  const { page } = await passPassword(service, person)
  expect(page.html).toContain('set_up_factor')
  expect(page.html).not.toContain('sms_code')
})

test('whoever has an app is not offered it, and cannot ask for it: a stolen number goes around nothing', async () => {
  const service = startMail()
  await useSettings({})
  const { person } = await addPersonWithApp()
  await useSettings(settings)
  await givePhone(person, newNumber())
  const { browser, page } = await passPassword(service, person)
  expect(page.hidden).toMatchObject({ step: 'totp' })
  expect(page.html).not.toContain('sms_code')
  await browser.post('/login', { ...page.hidden, step: 'sms_code', send: 'yes' })
  expect((await service.provider.seen()).requests).toBe(0)
})

test('nothing is sent to other countries (SMS pumping)', async () => {
  const service = startMail()
  const person = await addPerson()
  await givePhone(person, newNumber('+252'))
  const { browser, page } = await passPassword(service, person)
  const refused = await browser.post('/login', { ...page.hidden, send: 'yes' })
  expect(refused.status).toBe(400)
  expect(refused.html).toContain('no text messages to the country')
  expect((await service.provider.seen()).requests).toBe(0)
})

test('a person gets five an hour, in however many sign-ins and with however many numbers', async () => {
  const service = startMail()
  const person = await addPerson()
  const statuses: number[] = []
  for (let round = 0; round < 6; round++) {
    await givePhone(person, newNumber())
    const { browser, page } = await passPassword(service, person)
    statuses.push((await browser.post('/login', { ...page.hidden, send: 'yes' })).status)
  }
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429])
})

test('only where the setting says so', async () => {
  await useSettings({ ...settings, 'sign_in.sms_codes': 'off' })
  const service = startMail()
  const person = await addPerson()
  await givePhone(person, newNumber())
  const { page } = await passPassword(service, person)
  expect(page.html).not.toContain('sms_code')
  await useSettings(settings)
})
