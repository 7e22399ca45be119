/**
 * Bare twins of flows that begin with a pushed request. `/par` authenticates the client and seals the request into its
 * handle; `/authorize` opens it, asks the person's object, marks the handle as used (one write) and seals a code; `/token`
 * verifies an assertion and a DPoP proof, opens the code, compares the PKCE challenge, makes one call that writes the grant
 * and the proof, and signs. An assertion costs one call with one write.
 */
import { DurableObject } from 'cloudflare:workers'
import { json, randomText } from './encode.ts'
import { type OnceObject, spend } from './once-object.ts'
import { open, seal } from './seal.ts'
import { accessToken, idToken } from './sign.ts'
import { hashOf, isSecret, openAssertion, openProof } from './signed-by-client.ts'

export { OnceObject } from './once-object.ts'

interface Env {
  readonly PEOPLE: DurableObjectNamespace<PersonObject>
  readonly ONCE: DurableObjectNamespace<OnceObject>
  /** The public key of the client, a JWK. */
  readonly CLIENT_KEY: string
}

export class PersonObject extends DurableObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const { sql } = state.storage
    sql.exec('CREATE TABLE IF NOT EXISTS grants (id TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID')
    sql.exec('CREATE TABLE IF NOT EXISTS spent (id TEXT PRIMARY KEY) WITHOUT ROWID')
  }

  /** Touches no storage. */
  read(): { readonly live: true } {
    return { live: true }
  }

  /** Two rows: a code and a proof count once. */
  redeem(grantId: string, hash: string, proofId: string): boolean {
    const { sql } = this.ctx.storage
    return (
      sql.exec('INSERT OR IGNORE INTO spent VALUES (?)', proofId).rowsWritten > 0 &&
      sql.exec('INSERT OR IGNORE INTO grants VALUES (?, ?)', grantId, hash).rowsWritten > 0
    )
  }
}

interface PushedRequest {
  readonly id: string
  readonly redirectUri: string
  readonly scope: string
  readonly state: string
  readonly challenge: string
}

interface Code {
  readonly id: string
  readonly user: string
  readonly redirectUri: string
  readonly scope: string
  readonly challenge: string
}

const prefix = 'urn:ietf:params:oauth:request_uri:'
const signedIn = { auth_time: 1_700_000_000, acr: 'urn:authly:acr:pwd', amr: ['pwd'] }

const personOf = ({ PEOPLE }: Env, user: string): DurableObjectStub<PersonObject> =>
  PEOPLE.get(PEOPLE.idFromName(user))

async function isClient(form: URLSearchParams, env: Env): Promise<boolean> {
  const presented = form.get('client_assertion')
  if (presented === null) return isSecret(form.get('client_secret') ?? '')
  const assertion = await openAssertion(presented, JSON.parse(env.CLIENT_KEY) as JsonWebKey)
  return assertion !== undefined && (await spend(env.ONCE, 'client', assertion.id))
}

async function push(form: URLSearchParams, env: Env): Promise<Response> {
  if (!(await isClient(form, env))) return json({ error: 'invalid_client' }, 401)
  const request: PushedRequest = {
    ...{ id: randomText(), redirectUri: form.get('redirect_uri') ?? '', scope: form.get('scope') ?? '' },
    ...{ state: form.get('state') ?? '', challenge: form.get('code_challenge') ?? '' },
  }
  return json({ request_uri: prefix + (await seal(JSON.stringify(request))), expires_in: 300 }, 201)
}

async function authorize(url: URL, cookie: string, env: Env): Promise<Response> {
  const handle = (url.searchParams.get('request_uri') ?? '').slice(prefix.length)
  const { id, state, redirectUri, scope, challenge } = JSON.parse(await open(handle)) as PushedRequest
  const user = cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf('.'))
  await personOf(env, user).read()
  if (!(await spend(env.ONCE, 'requests', id))) return json({ error: 'invalid_request_uri' }, 400)
  const code: Code = { id: randomText(), user, redirectUri, scope, challenge }
  const target = new URL(redirectUri)
  target.searchParams.set('code', await seal(JSON.stringify(code)))
  target.searchParams.set('state', state)
  return new Response(null, { status: 302, headers: { location: target.href } })
}

async function redeem(form: URLSearchParams, dpop: string, env: Env): Promise<Response> {
  if (!(await isClient(form, env))) return json({ error: 'invalid_client' }, 401)
  const proof = await openProof(dpop)
  if (proof === undefined) return json({ error: 'invalid_dpop_proof' }, 400)
  const code = JSON.parse(await open(form.get('code') ?? '')) as Code
  const isAsked =
    code.challenge === (await hashOf(form.get('code_verifier') ?? '')) &&
    code.redirectUri === form.get('redirect_uri')
  const refreshToken = `${code.user}.${randomText()}`
  const isFirst =
    isAsked && (await personOf(env, code.user).redeem(code.id, await hashOf(refreshToken), proof.id))
  if (!isFirst) return json({ error: 'invalid_grant' }, 400)
  const bound = { ...signedIn, cnf: { jkt: proof.jkt } }
  const token = await accessToken(code.user, 'fapi', code.scope, bound)
  return json({
    ...{ access_token: token, token_type: 'DPoP', expires_in: 600, scope: code.scope },
    ...{ refresh_token: refreshToken, id_token: await idToken('ES256', code.user, 'fapi', token) },
  })
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname === '/authorize') return authorize(url, request.headers.get('cookie') ?? '', env)
    const form = new URLSearchParams(await request.text())
    return url.pathname === '/par' ? push(form, env) : redeem(form, request.headers.get('dpop') ?? '', env)
  },
}
