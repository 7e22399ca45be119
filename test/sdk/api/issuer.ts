/** An issuer of access tokens for tests: its keys, its two documents, and how often they were read. */
import { type ApiVerifierOptions, createApiVerifier } from '@authly-server/api'
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'

export const issuer = 'https://auth.example'
export const audience = 'https://api.example'

export interface IssuerKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export async function createIssuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export interface TokenChanges {
  /** Replace claims; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: IssuerKey
}

/** A network with one server on it, and a clock. */
export async function createIssuerAndApi(options: ApiVerifierOptions = {}) {
  const first = await createIssuerKey('first')
  const state = {
    /** Milliseconds since the Unix epoch. */
    now: Date.UTC(2030, 0, 1),
    keys: [first],
    reads: 0,
    /** Everything that was asked for. */
    asked: [] as Request[],
    isDown: false,
    /** Answers are held back until it settles. */
    gate: Promise.resolve() as Promise<unknown>,
    /** By path, in place of what an issuer answers. */
    answers: new Map<string, (request: Request) => Response>(),
  }
  const serve = async (request: Request, init?: RequestInit): Promise<Response> => {
    const { origin, pathname } = new URL(request.url)
    state.asked.push(new Request(request.clone(), init))
    if (origin !== issuer) throw new Error(`nobody may ask ${origin}`)
    if (pathname === '/jwks') state.reads += 1
    await state.gate
    if (state.isDown) throw new TypeError('fetch failed')
    const answer = state.answers.get(pathname)
    if (answer) return answer(request)
    if (pathname === '/jwks') return Response.json({ keys: state.keys.map((key) => key.publicJwk) })
    return Response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      introspection_endpoint: `${issuer}/introspect`,
      jwks_uri: `${issuer}/jwks`,
    })
  }
  const api = createApiVerifier({ issuer, audience, fetch: serve, now: () => state.now, ...options })

  const tokenOf = ({ claims, header, key = first }: TokenChanges = {}): Promise<string> => {
    const iat = Math.floor(state.now / 1000)
    const payload = {
      ...{ iss: issuer, aud: audience, sub: 'user-1', client_id: 'app-1', jti: crypto.randomUUID() },
      ...{ iat, exp: iat + 300, scope: 'orders:read orders:write', acr: 'urn:authly:acr:1' },
      ...{ auth_time: iat - 60, ...claims },
    }
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
      .sign(key.privateKey)
  }
  return { api, state, tokenOf, first }
}

export const requestWith = (
  authorization: string | undefined,
  headers: Record<string, string> = {},
): Request =>
  new Request(`${audience}/orders`, {
    headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
  })
