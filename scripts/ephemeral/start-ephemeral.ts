/**
 * `npm start -- --ephemeral`: a whole Authly for the tests of an application. Database, objects and secrets live in
 * temporary folders and go with it; the worker is the deployed one in plain workerd, with a clock that can be moved.
 */
import { randomBytes } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startInbox } from '../inbox/inbox-server.ts'
import { findFreePort } from '../process/free-port.ts'
import { OperatorError } from '../process/operator-error.ts'
import type { Life } from '../process/run-until-stopped.ts'
import { checkPortIsFree } from '../stack/development-port.ts'
import type { StartOptions } from '../stack/start-options.ts'
import { startStack } from '../stack/start-stack.ts'
import { buildWorkerWithClock } from './build-worker-with-clock.ts'
import { type MovableClock, startClockServer } from './clock-server.ts'
import { setPostgresClock } from './postgres-clock.ts'
import { addAdminClient, readSeedFile, seedServer } from './seed.ts'

export async function startEphemeral(
  life: Life,
  { port: wanted, seedFile, asJson }: Extract<StartOptions, { kind: 'ephemeral' }>,
): Promise<void> {
  stopWithStdin(life)
  const seed = await readSeedFile(seedFile)
  if (wanted > 0) await checkPortIsFree(wanted)
  const port = wanted > 0 ? wanted : await findFreePort()
  const issuer = `http://localhost:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'authly-ephemeral-'))
  life.onStop(() => rm(folder, { recursive: true, force: true }))
  const inbox = await startInbox(issuer)
  life.onStop(() => inbox.stop())
  const key = randomBytes(32).toString('base64url')
  const stack = await startStack({
    ...{ port, issuer, settings: seed.settings },
    bundle: await buildWorkerWithClock(folder),
    vars: {
      ...inbox.vars,
      // The application's own addresses, such as that of back-channel logout, are on this machine too.
      AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
      EPHEMERAL_CLOCK_KEY: key,
    },
  })
  life.onStop(() => stack.stop())
  stack.database.onCrash(() =>
    life.fail(new OperatorError('Postgres ended unexpectedly.', 'Start it again.')),
  )
  const clock = await startClockServer(movableClock(issuer, key, stack.database.superuserUrl as string))
  life.onStop(() => clock.stop())
  const adminClient = await addAdminClient(stack.database_owner_url)
  const { users, clients } = await seedServer(issuer, adminClient, seed)
  const facts = {
    issuer,
    users,
    clients: { ...stack.clients, ...clients },
    admin_client: adminClient,
    admin: stack.admin,
    inbox_url: inbox.url,
    clock_url: clock.url,
  }
  process.stdout.write(asJson ? `${JSON.stringify(facts)}\n` : summaryOf(facts))
}

export type EphemeralFacts = {
  readonly issuer: string
  readonly users: readonly {
    readonly username?: string
    readonly email?: string
    readonly password?: string
  }[]
  readonly inbox_url: string
  readonly clock_url: string
}

const summaryOf = ({ issuer, users, inbox_url, clock_url }: EphemeralFacts): string => `
  An ephemeral Authly is ready: what happens here is gone when it ends.

  Issuer    ${issuer}
${users.map(({ username, email, password }) => `  Person    ${username ?? email}  ${password ?? '(no password)'}`).join('\n')}
  Inbox     ${inbox_url}
  Clock     ${clock_url}

  Programs read more with --json. Stop with Ctrl-C.

`

/** Postgres first: no statement of the worker may be ahead of it. */
function movableClock(issuer: string, key: string, superuserUrl: string): MovableClock {
  const ask = async (body?: object) => {
    const response = await fetch(`${issuer}/.ephemeral/clock`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`the worker answers ${response.status}`)
    return (await response.json()) as { now: number; distance: number; late?: number }
  }
  return {
    read: async () => (await ask()).now,
    advance: async (milliseconds) => {
      const { distance } = await ask()
      await setPostgresClock(superuserUrl, distance + milliseconds)
      const { now, late = 0 } = await ask({ advance_ms: milliseconds })
      if (late > 0) throw new Error(`${late} alarms have not rung after ten seconds; the clock has moved`)
      return now
    },
  }
}

/** A parent that dies closes the pipe it gave us; a terminal and /dev/null say nothing about anybody's life. */
function stopWithStdin(life: Life): void {
  const stdin = fstatSync(0)
  if (!stdin.isFIFO() && !stdin.isSocket()) return
  process.stdin.on('end', () => life.stop())
  process.stdin.resume()
}
