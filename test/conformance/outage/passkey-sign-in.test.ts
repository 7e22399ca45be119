/**
 * People sign in with passkeys while Postgres is stopped, on a warm worker and on a cold one: none fails. Their events
 * and last uses arrive afterwards, each once.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import type { SoftwareAuthenticator } from '../../passkeys/software-authenticator.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import { passkeySettings, seedPasskey, signInWithPasskey } from '../passkeys.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'

interface Person {
  readonly user: SeededUser
  readonly authenticator: SoftwareAuthenticator
  /** A new browser or one that was signed in. */
  agent: UserAgent
}

let authly: OwnAuthly
let client: SeededClient
let people: Person[]
const failures: string[] = []
let signedIn = 0

beforeAll(async () => {
  const rootSecret = randomBytes(32).toString('base64url')
  authly = await startOwnAuthly({ AUTHLY_ROOT_SECRET: rootSecret }, { settings: passkeySettings })
  client = await authly.seed.addClient()
  const root = createRootSecret(rootSecret)
  people = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const user = await authly.seed.addUser()
      const authenticator = await seedPasskey(authly.seed, root, user.id, { counterStep: 1 })
      return { user, authenticator, agent: createUserAgent() }
    }),
  )
})
afterAll(() => authly?.stop())

/** Everybody signs in, each in a new browser. */
async function everybodySignsIn(): Promise<void> {
  await Promise.all(
    people.map(async (person) => {
      person.agent = createUserAgent()
      const url = authly.rp.authorizeUrl(client)
      const page = await signInWithPasskey(person.agent, url, client.redirect_uri, person.authenticator)
      const hasCode = page.location?.searchParams.has('code') ?? false
      if (hasCode) signedIn += 1
      else failures.push(`${page.status} ${page.url.pathname}: ${page.text.slice(0, 300)}`)
    }),
  )
}

describe('sign-in with a passkey', () => {
  it('works, and gives every object its copy', async () => {
    await everybodySignsIn()
    expect(failures).toEqual([])
  })

  it('goes on while Postgres is stopped: none fails on the warm worker', async () => {
    await authly.stack.stopPostgres('immediate')
    for (let round = 0; round < 4; round++) await everybodySignsIn()
    expect(failures).toEqual([])
  })

  it('goes on in a cold worker process after a crash', async () => {
    await authly.stack.restartWorker('SIGKILL')
    for (let round = 0; round < 2; round++) await everybodySignsIn()
    expect(failures).toEqual([])
  })

  it('has its events and last uses in Postgres afterwards, each once', async () => {
    await authly.stack.startPostgres()
    const until = Date.now() + 150_000
    let arrived = await readTrail()
    while (
      (arrived.created < signedIn || arrived.counters.some((count) => count < 8)) &&
      Date.now() < until
    ) {
      await sleep(2000)
      arrived = await readTrail()
    }
    await sleep(8000)
    // One use to make it, seven to sign in.
    expect(await readTrail()).toEqual({ created: signedIn, counters: people.map(() => 8), unused: 0 })
  }, 240_000)
})

async function readTrail() {
  const ids = people.map(({ user }) => user.id)
  const events = await authly.seed.database.query(
    `SELECT id FROM audit_events WHERE user_id = ANY ($1) AND type = 'session.created'`,
    [ids],
  )
  const passkeys = await authly.seed.database.query<{ sign_count: string; last_used_at: Date | null }>(
    'SELECT sign_count, last_used_at FROM passkeys WHERE user_id = ANY ($1::uuid[])',
    [ids],
  )
  return {
    created: events.rows.length,
    counters: passkeys.rows.map(({ sign_count }) => Number(sign_count)),
    unused: passkeys.rows.filter(({ last_used_at }) => last_used_at === null).length,
  }
}
