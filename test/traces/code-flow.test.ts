/**
 * One authorization-code flow whose application hands its trace through, read from a real OpenTelemetry Collector: every
 * hop is in the one trace, with the right parent, kind and status.
 */
import { randomBytes } from 'node:crypto'
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { clientKeyId, type JwksServer, publicJwks, serveJwks } from '../conformance/client-keys.ts'
import { createRelyingParty, verifier } from '../conformance/relying-party.ts'
import type { SeededClient, SeededUser } from '../conformance/seed.ts'
import { signIn } from '../conformance/sign-in.ts'
import { createUserAgent } from '../conformance/user-agent.ts'
import { basic, type FormFields, postForm } from '../conformance/wire.ts'
import { type ReceivedSpan, spanKinds } from './collector.ts'
import { readTree, type SpanTree } from './span-tree.ts'
import { startTracedAuthly, type TracedAuthly } from './traced-authly.ts'

const traceId = randomBytes(16).toString('hex')
const spanOfApplication = randomBytes(8).toString('hex')
const traced = { traceparent: `00-${traceId}-${spanOfApplication}-01` }

let authly: TracedAuthly
let jwks: JwksServer
let user: SeededUser
/** What must be in no span. */
const secrets: Record<string, string> = {}
let tree: SpanTree

beforeAll(async () => {
  authly = await startTracedAuthly({ AUTHLY_TRACE_RATIO: '1' })
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = await publicJwks(publicKey, 'ES256')
  jwks = await serveJwks(() => keys)
  user = await authly.seed.addUser({ profile: { name: 'Ada Lovelace' } })
  const client = await authly.seed.addClient({
    ...{ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: jwks.url, first_party: false },
  })
  Object.assign(secrets, { password: user.password, username: user.username, 'user id': user.id })
  await runCodeFlow(client, privateKey)
  await runJob()
  tree = readTree(await authly.traceOf(traceId, (spans) => isComplete(readTree(spans))))
}, 180_000)

afterAll(async () => {
  await jwks?.close()
  await authly?.stop()
})

/** Sign-in, consent, code, refresh and userinfo, everything with the application's `traceparent`. */
async function runCodeFlow(client: SeededClient, key: CryptoKey): Promise<void> {
  const { issuer } = authly
  const rp = createRelyingParty(issuer)
  const agent = createUserAgent(traced)
  const callback = await signIn(agent, rp.authorizeUrl(client), client.redirect_uri, { user })
  const code = callback.searchParams.get('code') ?? ''
  const requestToken = async (fields: FormFields) => {
    const assertion = await new SignJWT({ jti: randomBytes(8).toString('hex') })
      .setProtectedHeader({ alg: 'ES256', kid: clientKeyId })
      .setIssuer(client.client_id)
      .setSubject(client.client_id)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(key)
    const answer = await postForm(
      rp.endpoints.token,
      {
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        ...fields,
      },
      traced,
    )
    expect(answer.status, answer.text).toBe(200)
    return answer.json as Record<'access_token' | 'refresh_token' | 'id_token', string>
  }
  const tokens = await requestToken({
    ...{ grant_type: 'authorization_code', code, redirect_uri: client.redirect_uri },
    code_verifier: verifier,
  })
  const refreshed = await requestToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  const userInfo = await fetch(rp.endpoints.userinfo, {
    headers: { ...traced, authorization: `Bearer ${refreshed.access_token}` },
  })
  expect(userInfo.status).toBe(200)
  const { access_token, refresh_token, id_token } = tokens
  Object.assign(secrets, { code, access_token, refresh_token, id_token, refreshed: refreshed.refresh_token })
}

/** An order of an administrator's application, and its job. */
async function runJob(): Promise<void> {
  const { issuer, seed } = authly
  const service = await seed.addClient({ grant_types: ['client_credentials'], scopes: [...permissionNames] })
  const token = await postForm(
    `${issuer}/oauth/token`,
    { grant_type: 'client_credentials', scope: permissionNames.join(' ') },
    { authorization: basic(service.client_id, service.client_secret) },
  )
  const bearer = { authorization: `Bearer ${token.json?.['access_token']}` }
  const ordered = await fetch(`${issuer}/admin/users/bulk/update`, {
    method: 'POST',
    headers: { ...bearer, ...traced, 'content-type': 'application/json' },
    body: JSON.stringify({ filter: { username: user.username }, patch: { profile: { locale: 'de' } } }),
  })
  expect(ordered.status, await ordered.clone().text()).toBe(202)
  const { id } = (await ordered.json()) as { id: string }
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const { status } = (await (await fetch(`${issuer}/admin/jobs/${id}`, { headers: bearer })).json()) as {
      status: string
    }
    if (status === 'succeeded') return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('the job did not succeed')
}

const isComplete = ({ named }: SpanTree): boolean =>
  named('GET /oidc/userinfo').length > 0 &&
  named('POST /admin/users/bulk/update').length > 0 &&
  // Claims, steps, and writes its end.
  named('process users.update').length >= 3

/** Requests of the application's own span, in order. */
const requests = (): readonly ReceivedSpan[] =>
  tree.spans.filter(({ parentSpanId }) => parentSpanId === spanOfApplication)

const tokenRequest = (grantType: string): ReceivedSpan => {
  const grant = tree.only(`grant ${grantType}`)
  return tree.spans.find(({ spanId }) => spanId === grant.parentSpanId) as ReceivedSpan
}

describe('the trace of the application', () => {
  test('has every request of the flow as a child of the application’s span', () => {
    const names = requests().map(({ name }) => name)
    expect(new Set(names)).toEqual(
      new Set([
        ...['GET /oauth/authorize', 'GET /oauth/authorize/resume', 'GET /login', 'POST /login'],
        ...['GET /consent', 'POST /consent', 'POST /oauth/token', 'GET /oidc/userinfo'],
        'POST /admin/users/bulk/update',
      ]),
    )
    for (const span of requests()) {
      expect(span.kind, span.name).toBe(spanKinds.server)
      expect(span.attributes, span.name).toMatchObject({
        ...{ 'http.route': span.name.split(' ')[1], 'http.request.method': span.name.split(' ')[0] },
        ...{ 'url.scheme': 'http', 'server.address': '127.0.0.1' },
        'authly.request_id': expect.stringMatching(/^[\da-f-]{36}$/),
      })
    }
  })

  test('has no span without a parent in it, and none that begins before its parent', () => {
    const byId = new Map(tree.spans.map((span) => [span.spanId, span]))
    expect(byId.size).toBe(tree.spans.length)
    for (const span of tree.spans) {
      if (span.parentSpanId === spanOfApplication) continue
      const parent = byId.get(span.parentSpanId)
      expect(parent, `${span.name} has its parent`).toBeDefined()
      expect(span.start >= (parent?.start ?? 0n), `${span.name} begins after ${parent?.name}`).toBe(true)
      expect(span.end >= span.start).toBe(true)
    }
  })

  test('has no error', () => {
    expect(tree.spans.filter(({ isError }) => isError).map(({ name }) => name)).toEqual([])
  })

  test('shows each call of an object twice: as the caller and as the object saw it', () => {
    const calls = tree.spans.filter(
      ({ kind, attributes }) =>
        kind === spanKinds.client && attributes['rpc.system.name'] === 'cloudflare.durable_objects',
    )
    expect(new Set(calls.map(({ name }) => name.split('/')[0]))).toEqual(
      new Set(['UserSessions', 'RateLimit', 'SingleUse', 'AuditOutbox', 'EdgeReplica', 'Job']),
    )
    for (const call of calls) {
      const inside = tree.childrenOf(call)
      expect(
        inside.map(({ name, kind }) => ({ name, kind })),
        call.name,
      ).toEqual([{ name: call.name, kind: spanKinds.server }])
    }
  })

  test('shows the redemption of the code: grant, object, signatures', () => {
    const request = tokenRequest('authorization_code')
    const grant = tree.only('grant authorization_code')
    expect(request).toMatchObject({ name: 'POST /oauth/token', parentSpanId: spanOfApplication })
    expect(request.attributes['http.response.status_code']).toBe('200')
    expect(grant).toMatchObject({ kind: spanKinds.internal, parentSpanId: request.spanId })
    const names = tree.childrenOf(grant).map(({ name }) => name)
    expect(names).toContain('UserSessions/redeemCode')
    // The access token's and the ID token's.
    expect(names.filter((name) => name.startsWith('sign '))).toHaveLength(2)
    // The assertion is spent before the grant, by the client's own object.
    expect(tree.childrenOf(request).map(({ name }) => name)).toContain('SingleUse/spend')
  })

  test('shows the refresh: its object and its signatures', () => {
    const names = tree.below(tree.only('grant refresh_token')).map(({ name }) => name)
    expect(names).toContain('UserSessions/rotateRefresh')
    expect(names.filter((name) => name.startsWith('sign '))).not.toEqual([])
  })

  test('shows the sign-in: its limit, Postgres, and the user’s object', () => {
    // The first one names the person, and asks nobody.
    const signInRequest = requests()
      .filter(({ name }) => name === 'POST /login')
      .at(-1)
    const below = tree.below(signInRequest as ReceivedSpan)
    expect(below.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['RateLimit/acquire', 'BATCH', 'UserSessions/recordLogin']),
    )
    const [batch] = below.filter(({ name }) => name === 'BATCH')
    expect(batch).toMatchObject({
      kind: spanKinds.client,
      attributes: {
        ...{ 'db.system.name': 'postgresql', 'db.operation.name': 'BATCH' },
        'db.operation.batch.size': '2',
      },
    })
  })

  test('reaches the server of the client’s keys, with our span as its parent', () => {
    const asked = tree.only('GET')
    expect(asked).toMatchObject({
      kind: spanKinds.client,
      parentSpanId: tokenRequest('authorization_code').spanId,
      attributes: { 'http.response.status_code': '200', 'server.address': '127.0.0.1' },
    })
    expect(jwks.lastHeaders()['traceparent']).toBe(`00-${traceId}-${asked.spanId}-01`)
  })

  test('goes on in the job: its steps follow from the order, and ask Postgres', () => {
    const steps = tree.named('process users.update')
    const [order] = requests().filter(({ name }) => name.startsWith('POST /admin/'))
    for (const step of steps) {
      expect(step).toMatchObject({ kind: spanKinds.consumer, parentSpanId: order?.spanId })
      expect(step.attributes['authly.job.kind']).toBe('users.update')
    }
    const below = steps.flatMap((step) => tree.below(step).map(({ name }) => name))
    expect(below).toContain('BATCH')
    expect(below).toContain('UserSessions/isDelegated')
  })

  test('is one server’s, which says who it is', () => {
    for (const { resource } of tree.spans) {
      expect(resource).toMatchObject({
        ...{ 'service.name': 'authly', 'service.version': expect.stringMatching(/^\d/) },
        ...{ 'cloud.region': 'local', 'deployment.environment.name': 'development' },
      })
    }
  })
})

test('the delivery of audit events is a trace of its own, linked to the requests they come from', async () => {
  const find = async () => {
    const spans = await authly.collector.spans()
    const delivery = spans.find(
      ({ name, links }) => name === 'process audit_events' && links.some((link) => link.traceId === traceId),
    )
    return { spans, delivery }
  }
  await expect.poll(async () => (await find()).delivery, { timeout: 30_000, interval: 500 }).toBeDefined()
  const { spans, delivery } = await find()
  const around = readTree(spans.filter((span) => span.traceId === delivery?.traceId))
  expect(delivery?.traceId).not.toBe(traceId)
  expect(delivery?.kind).toBe(spanKinds.consumer)
  const alarm = around.spans.find(({ spanId }) => spanId === delivery?.parentSpanId)
  expect(alarm?.name).toMatch(/^(UserSessions|AuditOutbox) alarm$/)
  expect(alarm?.parentSpanId).toBe('')
  expect(around.childrenOf(delivery as ReceivedSpan).map(({ name }) => name)).toEqual(['postgresql'])
  const linked = new Set(delivery?.links.map(({ spanId }) => spanId))
  expect(tree.spans.some(({ spanId }) => linked.has(spanId))).toBe(true)
}, 60_000)

test('nothing that was sent says who signed in, or with what', async () => {
  const text = await authly.collector.text()
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(8)
    expect(text.includes(secret), name).toBe(false)
  }
  expect(text).not.toContain('Lovelace')
  expect(text).not.toContain('198.18.')
})
