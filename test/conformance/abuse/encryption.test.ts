/** Key sets that no honest client publishes, for responses that are to be encrypted to it. */
import fc from 'fast-check'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addClient, issuer } from '../authly.ts'
import { type JwksServer, serveJwks } from '../client-keys.ts'
import { authorization } from '../relying-party.ts'

let server: JwksServer
let published: object = { keys: [] }
beforeAll(async () => {
  server = await serveJwks(() => published)
})
afterAll(() => server.close())

const form = 'application/x-www-form-urlencoded'
const post = async (path: string, body: string, headers: Record<string, string>) =>
  fetch(`${issuer}${path}`, { method: 'POST', headers: { 'content-type': form, ...headers }, body })

/** Introspection by a new client whose `jwks_uri`, asked for the first time, has `keys`. */
async function introspect(alg: string, keys: object): Promise<Response> {
  published = keys
  const jwks_uri = `${server.url}?${crypto.randomUUID()}`
  const client = await addClient({ jwks_uri, introspection_encrypted_response_alg: alg })
  const asClient = authorization(client)
  const granted = await post('/oauth/token', 'grant_type=client_credentials&scope=demo:read', asClient)
  const { access_token } = (await granted.json()) as { access_token: string }
  return post('/oauth/introspect', `token=${access_token}`, asClient)
}

/** Never anything that somebody else could read. */
async function expectEncryptedOrRefused(response: Response): Promise<void> {
  const text = await response.text()
  expect(text).not.toContain('demo:read')
  expect([200, 503], text).toContain(response.status)
  if (response.status === 200) expect(text.split('.')).toHaveLength(5)
  else expect(JSON.parse(text)).toMatchObject({ error: 'temporarily_unavailable' })
}

const ec = { kty: 'EC', crv: 'P-256', use: 'enc' }
const a43 = 'A'.repeat(43)

describe('a client whose responses are encrypted', () => {
  it.each<[string, string, object]>([
    ['no keys', 'ECDH-ES', { keys: [] }],
    ['no key set', 'ECDH-ES', []],
    ['a point that is not on the curve (RFC 8725 §3.4)', 'ECDH-ES', { keys: [{ ...ec, x: a43, y: a43 }] }],
    ['half a point', 'ECDH-ES', { keys: [{ ...ec, x: a43 }] }],
    ['a point of another curve', 'ECDH-ES', { keys: [{ ...ec, crv: 'P-384', x: a43, y: a43 }] }],
    ['a symmetric key', 'ECDH-ES', { keys: [{ kty: 'oct', k: a43 }] }],
    ['a type from Object.prototype', 'ECDH-ES', { keys: [{ kty: 'constructor', crv: 'P-256' }] }],
    ['an RSA key of 1024 bits', 'RSA-OAEP-256', { keys: [{ kty: 'RSA', e: 'AQAB', n: 'x'.repeat(171) }] }],
    ['an enormous RSA key', 'RSA-OAEP-256', { keys: [{ kty: 'RSA', e: 'AQAB', n: 'x'.repeat(3000) }] }],
    ['an RSA key without exponent', 'RSA-OAEP-256', { keys: [{ kty: 'RSA', n: 'x'.repeat(342) }] }],
    ['an exponent of zero', 'RSA-OAEP-256', { keys: [{ kty: 'RSA', n: 'x'.repeat(342), e: 'AA' }] }],
    ['members that are no text', 'RSA-OAEP-256', { keys: [{ kty: 'RSA', n: ['x'.repeat(342)], e: 3 }] }],
    [
      'a key for RSA1_5',
      'RSA-OAEP-256',
      { keys: [{ kty: 'RSA', alg: 'RSA1_5', e: 'AQAB', n: 'x'.repeat(342) }] },
    ],
  ])('publishes %s', async (_, alg, keys) => {
    const response = await introspect(alg, keys)
    await expectEncryptedOrRefused(response)
  })

  it('publishes a key that it signs with: nothing is encrypted to it', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true })
    const response = await introspect('ECDH-ES', { keys: [{ ...(await exportJWK(publicKey)), use: 'sig' }] })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBeTruthy()
  })

  it('publishes its private key too: only the public half is used', async () => {
    const { privateKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const response = await introspect('ECDH-ES', { keys: [{ ...(await exportJWK(privateKey)), use: 'enc' }] })
    expect(response.status).toBe(200)
    await expectEncryptedOrRefused(response)
  })

  it('publishes whatever else: no 500', async () => {
    const { publicKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const honest = { ...(await exportJWK(publicKey)), use: 'enc', kid: 'k' }
    const changed = fc
      .record(
        {
          kty: fc.constantFrom('RSA', 'OKP', 'oct', '', 'EC'),
          crv: fc.constantFrom('P-256', 'P-384', 'X25519', 'Ed25519', '__proto__'),
          x: fc.jsonValue(),
          y: fc.jsonValue(),
          kid: fc.jsonValue(),
          alg: fc.jsonValue(),
          key_ops: fc.jsonValue(),
          ext: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((change) => ({ ...honest, ...change }))
    await fc.assert(
      fc.asyncProperty(changed, async (key) => {
        await expectEncryptedOrRefused(await introspect('ECDH-ES', { keys: [key] }))
      }),
      { numRuns: 40 },
    )
  })
})

describe('the Accept header of introspection', () => {
  it.each(['', ',', ';;;', 'application/token-introspection+jwt;'.repeat(50), '*/*;q=x', '\u00e9'])(
    '%j: answered',
    async (accept) => {
      const asClient = authorization(await addClient())
      const response = await post('/oauth/introspect', 'token=x', { ...asClient, accept })
      expect(response.status).toBe(200)
    },
  )
})
