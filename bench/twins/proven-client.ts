/**
 * Bare twins of client_credentials whose sender signs. With DPoP: compare a hash, import the key of the proof, verify it,
 * one Durable Object call with one SQLite write, sign the claims. With private_key_jwt: verify with the key that is
 * configured, and the same call.
 */
import { DurableObject } from 'cloudflare:workers'
import { base64url, fromBase64url, json, utf8 } from './encode.ts'
import { accessToken } from './sign.ts'

interface Env {
  readonly ONCE: DurableObjectNamespace<OnceObject>
  /** The public key of the client, a JWK. */
  readonly CLIENT_KEY: string
}

export class OnceObject extends DurableObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS spent (id TEXT PRIMARY KEY) WITHOUT ROWID')
  }

  /** The one write. */
  spend(id: string): boolean {
    return this.ctx.storage.sql.exec('INSERT OR IGNORE INTO spent VALUES (?)', id).rowsWritten > 0
  }
}

/** base64url(SHA-256('twin-secret')), the way a server would have it stored. */
const secretHash = utf8('mBSmaI-Meg7s88j7_UEn91shEcDEcgBjGc2_zbKvXn0')
const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const hashOf = async (text: string): Promise<string> =>
  base64url(await crypto.subtle.digest('SHA-256', utf8(text)))

interface Jws {
  readonly header: { readonly jwk?: JsonWebKey }
  readonly claims: { readonly jti: string; readonly sub?: string }
  readonly input: string
  readonly signature: Uint8Array<ArrayBuffer>
}

const decoder = new TextDecoder()

function parse(jws: string): Jws {
  const [header = '', claims = '', signature = ''] = jws.split('.')
  return {
    header: JSON.parse(decoder.decode(fromBase64url(header))),
    claims: JSON.parse(decoder.decode(fromBase64url(claims))),
    input: `${header}.${claims}`,
    signature: fromBase64url(signature),
  }
}

const importKey = (jwk: JsonWebKey): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, curve, false, ['verify'])

/** @returns whether it is signed by `jwk` and new */
async function accept({ input, signature, claims }: Jws, jwk: JsonWebKey, env: Env): Promise<boolean> {
  if (!(await crypto.subtle.verify(curve, await importKey(jwk), signature, utf8(input)))) return false
  const once = env.ONCE.get(env.ONCE.idFromName('machine'))
  return once.spend(await hashOf(claims.jti))
}

async function answer(clientId: string, scope: string, cnf?: object): Promise<Response> {
  const token = await accessToken(clientId, clientId, scope, cnf && { cnf })
  return json({ access_token: token, token_type: cnf ? 'DPoP' : 'Bearer', expires_in: 600, scope })
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    // The harness waits for an answer before it begins.
    if (request.method === 'GET') return json({})
    const form = new URLSearchParams(await request.text())
    const scope = form.get('scope') ?? ''
    const assertion = form.get('client_assertion')
    if (assertion !== null) {
      const jws = parse(assertion)
      const isGood = await accept(jws, JSON.parse(env.CLIENT_KEY) as JsonWebKey, env)
      return isGood ? answer(jws.claims.sub ?? '', scope) : json({ error: 'invalid_client' }, 400)
    }
    const hash = await hashOf(form.get('client_secret') ?? '')
    if (!crypto.subtle.timingSafeEqual(utf8(hash), secretHash)) return json({ error: 'invalid_client' }, 401)
    const proof = parse(request.headers.get('dpop') ?? '')
    const { crv, kty, x, y } = proof.header.jwk ?? {}
    const jkt = await hashOf(JSON.stringify({ crv, kty, x, y }))
    const isGood = await accept(proof, { crv, kty, x, y } as JsonWebKey, env)
    return isGood
      ? answer(form.get('client_id') ?? '', scope, { jkt })
      : json({ error: 'invalid_dpop_proof' }, 400)
  },
}
