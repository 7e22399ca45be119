/**
 * `node scripts/deploy/smoke.ts <issuer>`: checks that a deployment found its configuration, keys and schema, issues
 * tokens that its own keys verify, and refuses a wrong secret. The deployment workflow rolls back when it does not. AUTHLY_SMOKE_CLIENT_SECRET is the secret of the
 * smoke client; AUTHLY_SMOKE_CLIENT_ID names another client.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { smokeClientId } from './smoke-client.ts'

export type SmokeOptions = {
  issuer: string
  clientId: string
  clientSecret: string
  /** How long a new deployment may take to answer for the first time (DNS, certificate). */
  timeoutMs?: number
  log?: (line: string) => void
}

/** Throws an Error that names the failed check and the unexpected result; never prints a secret or a token. */
export async function smokeTest(options: SmokeOptions): Promise<void> {
  const { issuer, clientId, clientSecret, timeoutMs = 120_000, log = console.log } = options
  const metadata = await untilDiscovery(issuer, timeoutMs)
  expectEqual('issuer in the metadata', metadata['issuer'], issuer)
  log('✓ discovery names the configured issuer')
  await checkHealth(issuer, log)

  const jwksUri = String(metadata['jwks_uri'])
  const keys = (await readJson(jwksUri))['keys']
  if (!Array.isArray(keys) || keys.length === 0) throw new Error(`${jwksUri} lists no keys`)
  if (keys.some((key) => 'd' in key)) throw new Error(`${jwksUri} shows a private key`)
  log(`✓ JWKS lists ${keys.length} keys, all public`)

  const tokenEndpoint = String(metadata['token_endpoint'])
  const answer = await requestToken(tokenEndpoint, clientId, clientSecret)
  expectEqual(`status of the token request (${answer.body['error'] ?? 'no error code'})`, answer.status, 200)
  const verified = await jwtVerify(
    String(answer.body['access_token']),
    createRemoteJWKSet(new URL(jwksUri)),
    {
      ...{ issuer, typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'jti', 'aud'] },
    },
  )
  expectEqual('client_id in the token', verified.payload['client_id'], clientId)
  log(`✓ client_credentials issues a token, signed with ${verified.protectedHeader.alg} by a published key`)

  const refused = await requestToken(tokenEndpoint, clientId, `wrong-${clientSecret.length}`)
  expectEqual('status with a wrong secret', refused.status, 401)
  expectEqual('error with a wrong secret', refused.body['error'], 'invalid_client')
  log('✓ a wrong secret is refused')
}

/** A deployment needs its database once, for its schema; what is degraded later stops neither it nor a roll-back. */
async function checkHealth(issuer: string, log: (line: string) => void): Promise<void> {
  const startup = await readHealth(`${issuer}/health/startup`)
  if (startup.status === 404) {
    log('- a version without /health/startup: health is not checked')
    return
  }
  if (startup.body['status'] !== 'ok') throw new Error(`/health/startup: ${JSON.stringify(startup.body)}`)
  const ready = await readHealth(`${issuer}/health/ready`)
  if (ready.status !== 200) throw new Error(`/health/ready: ${JSON.stringify(ready.body)}`)
  log(`✓ configuration, keys and schema are there; ready: ${String(ready.body['status'])}`)
}

async function readHealth(url: string) {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) })
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return { status: response.status, body }
}

async function untilDiscovery(issuer: string, timeoutMs: number): Promise<Record<string, unknown>> {
  const giveUpAt = Date.now() + timeoutMs
  for (;;) {
    try {
      return await readJson(`${issuer}/.well-known/openid-configuration`)
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
  }
}

async function readJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as Record<string, unknown>
}

async function requestToken(endpoint: string, clientId: string, secret: string) {
  const response = await fetch(endpoint, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
    headers: {
      authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`)}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return { status: response.status, body }
}

function expectEqual(what: string, actual: unknown, expected: unknown) {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`)
}

if (import.meta.main) {
  const [issuer = ''] = process.argv.slice(2)
  const { AUTHLY_SMOKE_CLIENT_ID: clientId = smokeClientId, AUTHLY_SMOKE_CLIENT_SECRET = '' } = process.env
  try {
    await smokeTest({ issuer, clientId, clientSecret: AUTHLY_SMOKE_CLIENT_SECRET })
  } catch (error) {
    console.error(`✗ ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
