/** A storm on one isolate, from every place where passwords are hashed: their memory stays within what it has to spare. */
import { env, runDurableObjectAlarm } from 'cloudflare:test'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passwordCredentials } from '../../src/db/schema.ts'
import { ownInstanceKib } from '../../src/passwords/argon2.ts'
import { deriveScrypt, writeScrypt } from '../../src/passwords/foreign/scrypt.ts'
import { hashMemory, inHashMemory, maxRunningKib } from '../../src/passwords/hash-memory.ts'
import { currentCost } from '../../src/passwords/phc-string.ts'
import { testDatabase } from '../fakes/database.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { addAdmin, callAdmin, type TestActor } from '../worker/admin-client.ts'

const database = testDatabase()
const dearPassword = 'correct horse battery staple'
/** Made by OpenSSL: 64 MiB. */
const dearArgon2 =
  '$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$77UfmnZYT23WpPeUKhovauWm5OxRQv9nTf1dJ+tF5EY'
/** 64 MiB too, the dearest that an import accepts. */
const scryptCost = { ln: 16, r: 8, p: 1 }
const salt = new TextEncoder().encode('0123456789abcdef')

/** The memories of all instances that were made, as far as they have not been collected. */
const memories: WeakRef<WebAssembly.Memory>[] = []
const RealInstance = WebAssembly.Instance
const liveKib = () => memories.reduce((sum, each) => sum + (each.deref()?.buffer.byteLength ?? 0), 0) / 1024

const imported: Person[] = []
async function addImported(hash: string): Promise<Person> {
  const person = await addPerson()
  await database.update(passwordCredentials).set({ hash }).where(eq(passwordCredentials.user_id, person.id))
  imported.push(person)
  return person
}

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  WebAssembly.Instance = class extends RealInstance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports)
      memories.push(new WeakRef(this.exports['memory'] as WebAssembly.Memory))
    }
  }
})
// While a hash that is not ours is stored, every refused sign-in waits.
afterAll(async () => {
  WebAssembly.Instance = RealInstance
  const ids = imported.map(({ id }) => id)
  await database.delete(passwordCredentials).where(inArray(passwordCredentials.user_id, ids))
})

const repeat = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

async function signInOnce(person: Person, password: string): Promise<number> {
  return (await signIn(openBrowser(), person.email, password)).status
}

async function changeOwn(person: Person): Promise<number> {
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  const page = await browser.get('/password')
  const next = 'copper-violin-meadow'
  const fields = { current_password: goodPassword, new_password: next, repeat_password: next }
  return (await browser.post('/password', { ...page.hidden, ...fields })).status
}

async function useLink(person: Person): Promise<number> {
  const path = `/admin/users/${person.id}/reset-password`
  const answer = await callAdmin(admin, 'POST', path, { body: { method: 'link' } })
  const { pathname, search } = new URL(((await answer.json()) as { setup_url: string }).setup_url)
  const browser = openBrowser()
  const page = await browser.get(pathname + search)
  const next = 'granite-otter-parade'
  return (await browser.post('/set-password', { ...page.hidden, new_password: next, repeat_password: next }))
    .status
}

async function createByAdmin(): Promise<number> {
  const setup = { method: 'password', password: goodPassword }
  const body = { username: `m-${crypto.randomUUID().slice(0, 8)}`, setup }
  return (await callAdmin(admin, 'POST', '/admin/users', { body })).status
}

async function createMany(): Promise<number> {
  const mark = crypto.randomUUID().slice(0, 8)
  const rows = Array.from({ length: 10 }, (_, index) => `m${index}@${mark}.test\n`).join('')
  const path = '/admin/users/bulk/create?credentials=temporary_password'
  const answer = await callAdmin(admin, 'POST', path, {
    ...{ body: `email\n${rows}`, headers: { 'content-type': 'text/csv' } },
  })
  await runDurableObjectAlarm(env.JOB.getByName(answer.headers.get('location')?.split('/').at(-1) as string))
  return answer.status
}

describe('the memory of hashes', () => {
  test('in a storm of all callers one hash runs at a time, and instances do not add up', async () => {
    // Loads the code of jobs, which objects cannot wait for together in this environment.
    await createMany()
    const derived = deriveScrypt(new TextEncoder().encode(dearPassword), salt, scryptCost, 32)
    const own = await repeat(6, () => addPerson())
    const byArgon2 = await repeat(3, () => addImported(dearArgon2))
    const byScrypt = await repeat(2, () => addImported(writeScrypt(scryptCost, salt, derived)))

    const [signedIn, changed, linked, created, jobs, dear] = await Promise.all([
      repeat(2, (index) => signInOnce(own[index] as Person, goodPassword)),
      repeat(2, (index) => changeOwn(own[2 + index] as Person)),
      repeat(2, (index) => useLink(own[4 + index] as Person)),
      repeat(2, createByAdmin),
      repeat(1, createMany),
      Promise.all([...byArgon2, ...byScrypt].map((person) => signInOnce(person, dearPassword))),
    ])
    const all = [signedIn, changed, linked, dear, created, jobs].map((statuses) => new Set(statuses))
    expect(all).toEqual([303, 303, 303, 303, 201, 202].map((status) => new Set([status])))

    expect(hashMemory.runningKib).toBe(0)
    expect(hashMemory.highestKib).toBeGreaterThanOrEqual(65_536)
    expect(hashMemory.highestKib).toBeLessThanOrEqual(maxRunningKib)
    expect(ownInstanceKib()).toBeLessThan(currentCost.memoryKib + 2048)
    expect(liveKib()).toBeLessThan(currentCost.memoryKib + 65_536 + 4096)
  }, 120_000)

  test('a hash beyond what an isolate has to spare is not begun', () => {
    let begun = 0
    const nested = () =>
      inHashMemory(40_000, () =>
        inHashMemory(40_000, () => {
          begun += 1
          return true
        }),
      )
    expect(nested).toThrow('too much at once')
    expect([begun, hashMemory.runningKib]).toEqual([0, 0])
  })
})
