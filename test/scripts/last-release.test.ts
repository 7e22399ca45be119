/**
 * During a gradual deployment, and after a roll-back, the worker of the last release runs on the schema of this tree:
 * migrations, functions and grants may add, and take nothing away that it needs.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smokeTest } from '../../scripts/deploy/smoke.ts'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { createRelyingParty } from '../conformance/relying-party.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { signIn } from '../conformance/sign-in.ts'
import { createUserAgent } from '../conformance/user-agent.ts'
import { bundleRelease, findLastRelease } from './last-release.ts'

const tag = findLastRelease()

it('there is a release to try', ({ skip }) => {
  if (tag !== undefined) return
  const reason =
    'no tag v* before this commit, or no history to find it in (a shallow clone): nothing was tried'
  console.warn(reason)
  skip(reason)
})

describe.skipIf(tag === undefined)(`the worker of ${tag} on the database of this tree`, () => {
  let folder: string
  let stack: RunningStack
  let seed: Seed

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'authly-release-'))
    const bundle = await bundleRelease(tag as string, folder)
    const port = await findFreePort()
    // startStack migrates with this tree; the worker is the release's, as the role that this tree grants to.
    stack = await startStack({ bundle, port, issuer: `http://127.0.0.1:${port}` })
    seed = createSeed(stack.database_owner_url)
  }, 300_000)
  afterAll(async () => {
    await seed?.close()
    await stack?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('is ready, and issues tokens that its own keys verify', async () => {
    const ready = await fetch(`${stack.issuer}/health/ready`)
    const { status } = (await ready.json()) as { status: string }
    // The word of releases before `ok`.
    expect([ready.status, status === 'ready' ? 'ok' : status]).toEqual([200, 'ok'])
    const { client_id, client_secret } = stack.clients['demo-service'] as {
      client_id: string
      client_secret: string
    }
    await smokeTest({
      issuer: stack.issuer,
      clientId: client_id,
      clientSecret: client_secret,
      log: () => undefined,
    })
  })

  it('signs an administrator in, who writes and reads', async () => {
    const scopes = ['admin:scopes:read', 'admin:scopes:write', 'admin:audit:read']
    const client = await seed.addClient({ scopes: ['openid', 'offline_access', ...scopes] })
    const admin = await seed.addUser()
    await seed.database.query(`UPDATE users SET roles = '{admin}' WHERE id = $1`, [admin.id])
    const rp = createRelyingParty(stack.issuer)
    const scope = ['openid', 'offline_access', ...scopes].join(' ')
    const agent = createUserAgent()
    await signIn(agent, rp.authorizeUrl(client, { scope }), client.redirect_uri, { user: admin })
    const tokens = await rp.getTokens(agent, client, { scope })
    const refreshed = await rp.refresh(client, tokens.refresh_token)
    expect(refreshed.status, refreshed.text).toBe(200)
    const authorization = `Bearer ${refreshed.json?.['access_token']}`
    const created = await fetch(`${stack.issuer}/admin/scopes`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ name: 'orders:read', description: 'Read your orders' }),
    })
    expect(created.status, await created.text()).toBe(201)
    const read = await fetch(`${stack.issuer}/admin/scopes/orders%3Aread`, { headers: { authorization } })
    expect(await read.json()).toMatchObject({ name: 'orders:read' })
    // One event is written by the request's own transaction, the other delivered by the user's object.
    const recorded = async () => {
      const answer = await fetch(`${stack.issuer}/admin/audit/events?limit=100`, {
        headers: { authorization },
      })
      return ((await answer.json()) as { items: { type: string }[] }).items.map(({ type }) => type)
    }
    await expect
      .poll(recorded, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['scope.created', 'session.created']))
  })
})
