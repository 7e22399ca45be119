/** Second factors at Authly: everybody's one-time passwords, as an application on their phone makes them. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { RootSecret } from '../../src/kit/root-secret.ts'
import { sealSeed } from '../../src/one-time-passwords/seal-seed.ts'
import { type BenchDatabase, withClient } from '../bench-database.ts'
import type { RequestPlan } from '../target.ts'
import { formFields, readPage } from './hosted-page.ts'
import { formPost } from './requests.ts'
import { currentStep, totpCode } from './totp-code.ts'

interface AuthlyCodes {
  readonly database: BenchDatabase
  readonly port: number
  readonly issuer: string
  readonly root: RootSecret
}

/** Pages read at a time. */
const readers = 8

/**
 * Second factors: everybody has begun to prove more than their session did, which their object remembers; the code is
 * what is measured. A code counts once, so each is of another person, or of a later half minute.
 */
export function totpPlans({ database, port, issuer, root }: AuthlyCodes) {
  const seed = randomBytes(20)
  let isSeeded = false
  /** The last half minute of which each person has used the code. */
  const used: number[] = []

  async function seedEverybody(): Promise<void> {
    if (isSeeded) return
    isSeeded = true
    await withClient(database, async (client) => {
      const { rows } = await client.query<{ id: string }>('SELECT id FROM users')
      const made = await Promise.all(
        rows.map(async ({ id: user }) => {
          const id = uuidv7()
          return { id, user, sealed: await sealSeed(root, id, seed) }
        }),
      )
      await client.query(
        `INSERT INTO otp_credentials (id, user_id, kind, name, sealed_secret, algorithm, digits, period_seconds)
         SELECT id, user_id, 'totp', '', sealed, 'SHA1', 6, 30
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS made (id, user_id, sealed)`,
        [made.map(({ id }) => id), made.map(({ user }) => user), made.map(({ sealed }) => sealed)],
      )
    })
  }

  /** People whose next code is good now and for half a minute more, those with the oldest first. */
  const ready = (people: number): readonly number[] =>
    Array.from({ length: people }, (_, index) => index)
      .filter((index) => (used[index] ?? 0) <= currentStep())
      .sort((left, right) => (used[left] ?? 0) - (used[right] ?? 0))

  return async (wanted: number, sessions: readonly string[]): Promise<RequestPlan> => {
    await seedEverybody()
    const enough = Math.min(wanted, sessions.length)
    while (ready(sessions.length).length < enough) await sleep(500)
    const people = ready(sessions.length).slice(0, enough)
    const browser = (await readPage(`http://127.0.0.1:${port}/login`)).cookies
    const begun = new Map<number, Record<string, string>>()
    const queue = [...people]
    const reader = async (): Promise<void> => {
      for (let person = queue.pop(); person !== undefined; person = queue.pop()) {
        const url = `http://127.0.0.1:${port}/login?because=stronger&acr=urn:authly:acr:mfa&step=totp`
        const { html } = await readPage(url, `${browser}; ${sessions[person]}`)
        begun.set(person, formFields(html, 'name="step" value="totp"').fields)
      }
    }
    await Promise.all(Array.from({ length: readers }, reader))
    const now = currentStep()
    const requests = people.map((person) => {
      const step = Math.max((used[person] ?? 0) + 1, now)
      used[person] = step
      const post = formPost('/login', { ...begun.get(person), code: totpCode(seed, step) })
      return { ...post, headers: { ...post.headers, Cookie: browser, Origin: issuer } }
    })
    return { kind: 'once', port, requests, expect: { status: [303], locationContains: '/account' } }
  }
}
