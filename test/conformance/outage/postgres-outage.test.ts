/**
 * Postgres goes away under load. What the design promises without it goes on without one failed request, on the
 * running worker and on a cold one; what needs it says so; and the audit trail is complete afterwards.
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRefusal } from '../expectations.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { RelyingParty, Tokens } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'
import { send } from '../wire.ts'
import { emptyNote, type Issued, type Load, oneTurn, runLoad } from './load.ts'

let authly: OwnAuthly
let rp: RelyingParty
let client: SeededClient
let third: SeededClient
let user: SeededUser
let users: SeededUser[]
let agents: UserAgent[]
let load: Load
const note: Issued = emptyNote()
let kept: Tokens

beforeAll(async () => {
  authly = await startOwnAuthly()
  rp = authly.rp
  client = await authly.seed.addClient()
  third = await authly.seed.addClient({ first_party: false })
  users = await Promise.all(Array.from({ length: 8 }, () => authly.seed.addUser()))
  user = users[0] as SeededUser
  agents = []
  for (const each of users) agents.push(await rp.signedInAgent(client, each))
  for (const [index, agent] of agents.entries()) {
    // Consent is asked for once and remembered.
    await signIn(agent, rp.authorizeUrl(third), third.redirect_uri, { user: users[index] as SeededUser })
  }
  load = { rp, issuer: authly.issuer, clients: [client, third], agents }
  await oneTurn(load, note, 0)
  await oneTurn(load, note, 1)
  kept = await rp.getTokens(agents[0] as UserAgent, client)
  note.codeTokens.push(jtiOf(kept))
})
afterAll(() => authly?.stop())

const jtiOf = (tokens: Tokens) =>
  (
    JSON.parse(Buffer.from(tokens.access_token.split('.')[1] as string, 'base64url').toString()) as {
      jti: string
    }
  ).jti

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

/** Userinfo and a sign-in, which read the person from Postgres: refused for now, in time, without a trace. */
async function expectUnavailable(): Promise<void> {
  const info = await send(rp.endpoints.userinfo, bearer(kept.access_token))
  expectRefusal(info, 503, 'temporarily_unavailable')
  expect(Number(info.headers.get('retry-after'))).toBeGreaterThan(0)
  const agent = createUserAgent()
  const page = await agent.open(rp.authorizeUrl(client))
  const [form] = page.forms
  if (!form) throw new Error(page.text)
  const login = await agent.submit(page, form, { identifier: user.username, password: user.password })
  expect(login.status).toBe(503)
  expect(agent.cookies.get('authly_session')).toBeUndefined()
}

describe('with Postgres stopped under load', () => {
  it('no request fails on the warm worker (design §2)', async () => {
    const running = runLoad(load, note, 24, 200)
    await sleep(4000)
    await authly.stack.stopPostgres('immediate')
    await running
    expect(note.failures).toEqual([])
    expect(note.requests).toBeGreaterThan(300)
  })

  it('what needs Postgres says 503 and when to come back, and changes nothing (RFC 6749 §4.1.2.1, RFC 9110 §15.6.4)', async () => {
    await expectUnavailable()
  })

  it('no request fails when every cached copy has passed its freshness (stale-if-error)', async () => {
    // Longer than a memory entry may answer without a lower tier; in between nothing keeps it warm.
    await sleep(65_000)
    await runLoad(load, note, 4, 20)
    expect(note.failures).toEqual([])
  }, 120_000)

  it('no request fails on a cold worker process either (regional replica)', async () => {
    await authly.stack.restartWorker()
    await runLoad(load, note, 4, 20)
    expect(note.failures).toEqual([])
  })

  it('a crash loses nothing that was answered: successors, used codes and revocations stand', async () => {
    const code = await rp.getCode(agents[1] as UserAgent, client)
    const redeemed = (await rp.redeem(client, code)).json as Tokens
    note.codeTokens.push(jtiOf(redeemed))
    const next = (await rp.refresh(client, kept.refresh_token)).json as Tokens
    note.refreshes += 1
    await rp.revoke(client, next.access_token)
    await authly.stack.restartWorker('SIGKILL')
    expect((await rp.introspect(client, next.access_token)).json).toEqual({ active: false })
    const again = (await rp.refresh(client, kept.refresh_token)).json as Tokens
    expect(again.refresh_token).toBe(next.refresh_token)
    expect((await rp.refresh(client, next.refresh_token)).status).toBe(200)
    note.refreshes += 1
    expectRefusal(await rp.redeem(client, code), 400, 'invalid_grant')
    expect((await rp.introspect(client, redeemed.access_token)).json).toEqual({ active: false })
  })
})

describe('with a Postgres that takes queries and never answers', () => {
  it('no request fails on a cold worker process: a part that hangs is a part that is away', async () => {
    await authly.stack.startPostgres()
    const hanging = await authly.seed.database.connect()
    try {
      // Copies in the replica are older than what it is trusted with alone, so each is looked for in Postgres.
      await hanging.query(
        'BEGIN; LOCK TABLE clients, client_secrets, signing_keys, users, password_credentials IN ACCESS EXCLUSIVE MODE',
      )
      await authly.stack.restartWorker()
      await runLoad(load, note, 4, 12)
      expect(note.failures).toEqual([])
      const neverSeen = { ...client, client_id: 'never-seen-before' }
      const unknown = await rp.requestToken(neverSeen, { grant_type: 'client_credentials' })
      expectRefusal(unknown, 503, 'temporarily_unavailable')
      await expectUnavailable()
    } finally {
      await hanging.query('ROLLBACK')
      hanging.release()
    }
  })
})

describe('with Postgres back', () => {
  it('everything works again without a restart', async () => {
    const until = Date.now() + 30_000
    let info = await send(rp.endpoints.userinfo, bearer(kept.access_token))
    while (info.status === 503 && Date.now() < until) {
      await sleep(500)
      info = await send(rp.endpoints.userinfo, bearer(kept.access_token))
    }
    expect(info.json).toMatchObject({ sub: user.id })
    expect(await rp.signedInAgent(client, user)).toBeDefined()
  })

  it('every audit event of the outage arrives, each once (design §5)', async () => {
    const hashed = note.codeTokens.map((jti) => createHash('sha256').update(jti).digest('base64url')).sort()
    const expected = { service: [...note.serviceTokens].sort(), code: hashed, refreshes: note.refreshes }
    const until = Date.now() + 150_000
    let arrived = await readTrail()
    while (
      arrived.total < expected.service.length + expected.code.length + expected.refreshes &&
      Date.now() < until
    ) {
      await sleep(2000)
      arrived = await readTrail()
    }
    // Time for a delivery too many to arrive, should there be one.
    await sleep(8000)
    const { total: _, ...trail } = await readTrail()
    expect(trail).toEqual(expected)
  }, 240_000)
})

/** The trail of these clients, by what happened rather than by event id: a doubled event would have a new id. */
async function readTrail() {
  const { rows } = await authly.seed.database.query<{
    type: string
    grant: string | null
    token: string | null
  }>(
    `SELECT type, data->>'grant_type' AS grant, coalesce(data->>'jti', data->>'jti_hash') AS token
     FROM audit_events WHERE client_id = ANY ($1) AND type IN ('token.issued', 'token.refreshed')`,
    [[client.client_id, third.client_id]],
  )
  const tokensOf = (grant: string) =>
    rows
      .filter((row) => row.type === 'token.issued' && row.grant === grant)
      .map(({ token }) => String(token))
      .sort()
  return {
    total: rows.length,
    service: tokensOf('client_credentials'),
    code: tokensOf('authorization_code'),
    refreshes: rows.filter(({ type }) => type === 'token.refreshed').length,
  }
}
