import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import type { JobState } from '../../../src/jobs/job.table.ts'
import { createVerifyJwt } from '../../../src/keys/verify-jwt.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import { revoke as revokeToken } from '../../../src/oauth/revoke.ts'
import { locateToken } from '../../../src/tokens/token-id.ts'
import { testDatabase } from '../../fakes/database.ts'
import {
  addAdmin,
  addServiceAccount,
  callAdmin,
  type TestActor,
  testDependencies,
} from '../../worker/admin-client.ts'
import { importedHash } from '../../worker/imported-hash.ts'

const database = testDatabase()
const origin = { ip: undefined, user_agent: undefined, request_id: 'r' }
const theirs = importedHash
const ndjson = { 'content-type': 'application/x-ndjson' }

interface Ended {
  readonly status: string
  readonly succeeded: number
  readonly failed: number
  readonly processed: number
  readonly detail: string | null
}

const idOf = async (accepted: Response): Promise<string> => {
  expect(accepted.status, await accepted.clone().text()).toBe(202)
  return (accepted.headers.get('location') as string).split('/').at(-1) as string
}

async function drive(id: string): Promise<Ended> {
  const stub = env.JOB.getByName(id)
  for (let turn = 0; turn < 40; turn++) {
    const progress = (await stub.progress()) as (Ended & { finished_at: number | null }) | undefined
    if (progress?.finished_at) return progress
    await runDurableObjectAlarm(stub)
  }
  throw new Error('the job did not end')
}

const run = async (actor: TestActor, path: string, body: unknown, headers = {}): Promise<Ended> =>
  drive(await idOf(await callAdmin(actor, 'POST', path, { body, headers })))

const personOf = async (id: string) =>
  (
    await database.execute<{ hash: string | null; profile: object; status: string }>(
      sql`select hash, profile, status from users left join password_credentials on user_id = users.id
          where users.id = ${id}::uuid`,
    )
  ).rows[0]

/** A person with the role `support`, found by a filter of their own. */
async function addSupporter() {
  const person = await addAdmin({ roles: ['support'] })
  return { ...person, filter: { username: `admin-${person.id}` } }
}

const importOver = (id: string) =>
  `${JSON.stringify({ id, username: `admin-${id}`, password_hash: theirs })}\n`

describe('a job reaches no further than the token that began it (least privilege, RFC 9700 §2.3)', () => {
  it('an import with admin:users:import alone replaces no password of another administrator', async () => {
    const narrow = await addAdmin({ scopes: ['admin:users:import'] })
    const victim = await addAdmin()
    const path = '/admin/users/import?on_conflict=update'
    expect(await run(narrow, path, importOver(victim.id), ndjson)).toMatchObject({ failed: 1 })
    expect((await personOf(victim.id))?.hash).toBeNull()
    // Whose token lends everything reaches them.
    expect(await run(await addAdmin(), path, importOver(victim.id), ndjson)).toMatchObject({ succeeded: 1 })
    expect((await personOf(victim.id))?.hash).toBe(theirs)
  })

  it('a bulk change with admin:users:write alone changes nobody who may do more, dry or not', async () => {
    const narrow = await addAdmin({ scopes: ['admin:users:write'] })
    const victim = await addSupporter()
    const patch = { profile: { nickname: 'by job' } }
    for (const dry_run of [true, false]) {
      const ended = await run(narrow, '/admin/users/bulk/update', { filter: victim.filter, patch, dry_run })
      expect(ended).toMatchObject({ succeeded: 0, failed: 1 })
    }
    expect((await personOf(victim.id))?.profile).toEqual({})
  })

  it.each([
    ['a person', () => addAdmin({ scopes: ['admin:users:delete'] })],
    ['a service account', () => addServiceAccount(['admin:users:delete'])],
  ])('a bulk deletion with admin:users:delete alone deletes nobody who may do more: %s', async (_, open) => {
    const narrow = await open()
    const victim = await addSupporter()
    const { filter } = victim
    const dry = await callAdmin(narrow, 'POST', '/admin/users/bulk/delete', {
      body: { filter, dry_run: true },
    })
    const { confirmation_token } = (await dry.json()) as { confirmation_token: string }
    const ended = await run(narrow, '/admin/users/bulk/delete', {
      ...{ filter, confirmation_token, max_deletions: 1 },
    })
    expect(ended).toMatchObject({ succeeded: 0, failed: 1 })
    expect(await personOf(victim.id)).toBeDefined()
  })

  it('an order of an older version brings no rights: it ends as failed, and the trail names its actor', async () => {
    const admin = await addAdmin()
    const id = await idOf(await beginImport(admin, 2))
    await runInDurableObject(env.JOB.getByName(id), (_, { storage }) => {
      const state = storage.kv.get<JobState>('state') as JobState
      const { authorized, token: _token, ...former } = state.order
      const { type, id } = authorized.actor
      storage.kv.put('state', { ...state, order: { ...former, actor: { type, id } } })
    })
    expect(await drive(id)).toMatchObject({ status: 'failed', processed: 0 })
    const { rows } = await database.execute(
      sql`select actor_id from audit_events where type = 'job.finished' and entity_id = ${id}`,
    )
    expect(rows).toEqual([{ actor_id: admin.id }])
  })

  it('a transaction that names no scopes may do nothing, in Postgres itself', async () => {
    const admin = await addAdmin()
    const held = await database.execute<{ held: string[] }>(
      sql`select authly_permissions_of('user', ${admin.id}) as held`,
    )
    expect(held.rows).toEqual([{ held: [] }])
  })
})

/** An accepted import of `count` people that nobody drives. */
const beginImport = (actor: TestActor, count = 1200) => {
  const mark = crypto.randomUUID().slice(0, 8)
  const rows = Array.from({ length: count }, (_, index) => `p${index}@${mark}.test\n`).join('')
  return callAdmin(actor, 'POST', '/admin/users/import', {
    body: `email\n${rows}`,
    headers: { 'content-type': 'text/csv' },
  })
}

/** What became of a job that had begun when `meanwhile` happened. */
async function interrupted(actor: TestActor, meanwhile: () => Promise<unknown>): Promise<Ended> {
  const id = await idOf(await beginImport(actor))
  const stub = env.JOB.getByName(id)
  // Taken up, not done: what is asked at each step is asked from here on.
  await runInDurableObject(stub, (_, { storage }) => {
    const state = storage.kv.get<JobState>('state') as JobState
    storage.kv.put('state', { ...state, phase: 'stepping', status: 'running', started_at: Date.now() })
  })
  await meanwhile()
  return drive(id)
}

const addressOf = async ({ token }: TestActor) => {
  const { root, verifyJwt } = testDependencies()
  const claims = await verifyJwt(token, { typ: 'at+jwt' })
  const address = claims && (await locateToken(root, claims))
  if (!claims || !address) throw new Error('the token must be ours')
  const client_id = String(claims['client_id'])
  return { ...address, client_id, expires_at: Number(claims.exp) * 1000 }
}

async function revoke(actor: TestActor) {
  const { subject, grantId, jtiHash, client_id, expires_at } = await addressOf(actor)
  await testDependencies()
    .sessionsOf(subject)
    .revokeToken({
      ...{ now: Date.now(), client_id, origin, kind: 'access', expires_at },
      ...{ grant_id: grantId, jti_hash: jtiHash },
    })
}

const revoked = { status: 'failed', processed: 0, detail: expect.stringContaining('revoked') }
const refused = { status: 'failed', processed: 0, detail: expect.stringContaining('may not') }
const finished = { status: 'succeeded', processed: 1200 }

describe('a job under way ends when', () => {
  it.each([
    ['person', () => addAdmin()],
    ['service account', () => addServiceAccount()],
  ])('its token is revoked (RFC 7009): %s', async (_, open) => {
    const actor = await open()
    expect(await interrupted(actor, () => revoke(actor))).toMatchObject(revoked)
  })

  it('its token is revoked when it has expired already (RFC 7009)', async () => {
    const actor = await addServiceAccount()
    const deps = testDependencies()
    const { client_id } = await addressOf(actor)
    const client = await deps.findClient(client_id)
    if (!client) throw new Error('the client must exist')
    const now = () => Date.now() + 86_400_000
    const verifyJwt = createVerifyJwt({ keyring: deps.keyring, issuer: deps.config.issuer, now })
    const { root, sessionsOf } = deps
    const late = () => revokeToken({ root, sessionsOf, verifyJwt, now }, client, actor.token, origin)
    expect(await interrupted(actor, late)).toMatchObject(revoked)
  })

  it('the refresh token beside its access token is revoked', async () => {
    const actor = await addAdmin()
    const { subject, client_id } = await addressOf(actor)
    const sessions = testDependencies().sessionsOf(subject)
    const grantId = await sha256(actor.id)
    const policy = { idle_ttl_seconds: 600, absolute_ttl_seconds: 600, replay_grace_seconds: 1 }
    const { grant } = await sessions
      .inspectToken({
        ...{ now: Date.now(), kind: 'access', grant_id: actor.grantId, jti_hash: 'x', with_grant: true },
      })
      .then((inspected) => inspected as { grant: object })
    await sessions.redeemCode({
      ...{ now: Date.now(), code_expires_at: Date.now() + 60_000, jti_hash: 'x', origin },
      ...{ access_token_expires_at: Date.now() + 600_000, refresh: { token_hash: 'secret', policy } },
      grant: { ...grant, grant_id: grantId } as never,
    })
    await sessions.delegate({
      ...{ now: Date.now(), work_id: 'w', client_id, grant_id: grantId, jti_hash: 'x' },
    })
    const isDelegated = () => sessions.isDelegated({ now: Date.now(), work_id: 'w' })
    expect(await isDelegated()).toBe(true)
    await sessions.revokeToken({
      ...{ now: Date.now(), client_id, origin, kind: 'refresh', grant_id: grantId, secret_hash: 'secret' },
    })
    expect(await isDelegated()).toBe(false)
  })

  it('the session it was ordered in is revoked, all sessions are, or the consent is withdrawn', async () => {
    const other = await addAdmin()
    for (const path of ['sessions', 'session', 'consents'] as const) {
      const actor = await addAdmin()
      const { client_id } = await addressOf(actor)
      const sessions = testDependencies().sessionsOf(actor.id)
      const [session] = await sessions.listSessions({ now: Date.now() })
      const paths = {
        sessions: `/admin/users/${actor.id}/sessions`,
        session: `/admin/users/${actor.id}/sessions/${session?.session_id}`,
        consents: `/admin/users/${actor.id}/consents/${client_id}`,
      }
      if (path === 'consents') {
        await database.execute(sql`insert into consents (user_id, client_id, scopes)
          values (${actor.id}::uuid, ${client_id}, '{openid}')`)
      }
      const ended = await interrupted(actor, async () => {
        const done = await callAdmin(other, 'DELETE', paths[path])
        expect(done.status, await done.clone().text()).toBe(204)
      })
      expect(ended, path).toMatchObject(revoked)
    }
  })

  it('its client is disabled, or is registered for this no more', async () => {
    for (const change of [sql`enabled = false`, sql`scopes = '{admin:users:write}'`]) {
      const actor = await addAdmin()
      const { client_id } = await addressOf(actor)
      const ended = await interrupted(actor, () =>
        database.execute(sql`update clients set ${change} where client_id = ${client_id}`),
      )
      expect(ended).toMatchObject(refused)
    }
  })

  it('its person is disabled', async () => {
    const actor = await addAdmin()
    const ended = await interrupted(actor, () =>
      database.execute(sql`update users set status = 'disabled' where id = ${actor.id}::uuid`),
    )
    expect(ended).toMatchObject(refused)
  })
})

describe('a job under way goes on when', () => {
  it('its person signs out', async () => {
    const actor = await addAdmin()
    const sessions = testDependencies().sessionsOf(actor.id)
    const ended = await interrupted(actor, async () => {
      const [session] = await sessions.listSessions({ now: Date.now() })
      const { session_id } = session as { session_id: string }
      await sessions.endSession({ now: Date.now(), session_id, origin, reason: 'logout' })
      expect((await callAdmin(actor, 'GET', '/admin/jobs')).status).toBe(401)
    })
    expect(ended).toMatchObject(finished)
  })

  it('its token expires and is forgotten', async () => {
    const actor = await addAdmin()
    const { subject, client_id } = await addressOf(actor)
    const ended = await interrupted(actor, () =>
      runInDurableObject(env.USER_SESSIONS.getByName(subject), (_, { storage }) => {
        expect(client_id).toBeDefined()
        storage.sql.exec('DELETE FROM grants')
        storage.sql.exec('DELETE FROM sessions')
      }),
    )
    expect(ended).toMatchObject(finished)
  })
})

describe('an answer that takes its time ends when the token behind it is revoked', () => {
  it('an export of accounts, after the page under way', async () => {
    const actor = await addAdmin()
    await database.execute(sql`insert into users (id, username)
      select gen_random_uuid(), ${`export-${actor.id}-`} || n from generate_series(1, 2100) as n`)
    const answer = await callAdmin(actor, 'GET', '/admin/users/export')
    expect(answer.status).toBe(200)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    expect((await reader.read()).done).toBe(false)
    await revoke(actor)
    const readOn = async () => {
      while (!(await reader.read()).done);
    }
    await expect(readOn()).rejects.toThrow()
  })

  it('the progress of a job, over server-sent events and over a WebSocket', async () => {
    const actor = await addAdmin()
    expect(await followed(actor, () => revoke(actor))).toEqual(cutOff)
  })
})

/** How both streams of a job ended for one who followed it when `meanwhile` happened. */
async function followed(actor: TestActor, meanwhile: () => Promise<unknown>) {
  const id = await idOf(await beginImport(await addAdmin(), 2))
  const stream = await callAdmin(actor, 'GET', `/admin/jobs/${id}/events`)
  const told = stream.text()
  const { webSocket } = await callAdmin(actor, 'GET', `/admin/jobs/${id}/events/ws`, {
    headers: { upgrade: 'websocket' },
  })
  const socket = webSocket as WebSocket
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  socket.accept()
  await meanwhile()
  const later = Date.now() + 61_000
  vi.spyOn(Date, 'now').mockImplementation(() => later)
  await drive(id)
  vi.restoreAllMocks()
  return { code: (await closed).code, hasSeenTheEnd: (await told).includes('"status":"succeeded"') }
}

const cutOff = { code: 1008, hasSeenTheEnd: false }

describe('the progress of a job is told nobody who may not see jobs any more, because', () => {
  it('their role was withdrawn', async () => {
    const actor = await addAdmin()
    const withdraw = sql`update users set roles = '{}' where id = ${actor.id}::uuid`
    expect(await followed(actor, () => database.execute(withdraw))).toEqual(cutOff)
  })

  it('their client is registered for it no more', async () => {
    const actor = await addAdmin()
    const { client_id } = await addressOf(actor)
    const narrow = sql`update clients set scopes = '{admin:users:read}' where client_id = ${client_id}`
    expect(await followed(actor, () => database.execute(narrow))).toEqual(cutOff)
  })

  it('and is told to its end who may', async () => {
    const goesOn = { code: 1000, hasSeenTheEnd: true }
    expect(await followed(await addAdmin(), async () => undefined)).toEqual(goesOn)
  })
})
