/** Keys of clients that authenticate with `private_key_jwt`. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose'

export const clientKeyId = 'client-key'

/** The JWK set a client registers or publishes. */
export async function publicJwks(
  key: CryptoKey,
  alg: string,
  kid = clientKeyId,
): Promise<{ keys: object[] }> {
  return { keys: [{ ...(await exportJWK(key)), kid, alg, use: 'sig' }] }
}

/** A key pair for a program: the private half as a JWK, and the set in which the client registers the other. */
export async function makeClientKey(alg: string): Promise<{ private_key: object; jwks: { keys: object[] } }> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const private_key = { ...(await exportJWK(privateKey)), kid: clientKeyId, alg, use: 'sig' }
  return { private_key, jwks: await publicJwks(publicKey, alg) }
}

export type JwksServer = {
  readonly url: string
  /** How often it was asked. */
  requests(): number
  /** With which headers it was asked last. */
  lastHeaders(): IncomingHttpHeaders
  close(): Promise<void>
}

/** Publishes a key set at a `jwks_uri` on loopback. */
export async function serveJwks(current: () => object): Promise<JwksServer> {
  let requests = 0
  let lastHeaders: IncomingHttpHeaders = {}
  const server = createServer((request, response) => {
    requests += 1
    lastHeaders = request.headers
    response.setHeader('content-type', 'application/jwk-set+json')
    response.end(JSON.stringify(current()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    requests: () => requests,
    lastHeaders: () => lastHeaders,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
