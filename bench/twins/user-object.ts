/**
 * Bare twins of everything that involves a user's Durable Object. `/write` is code redemption and refresh: one
 * call with one SQLite write, then the signatures. `/read` is introspection and `/authorize` the silent
 * authorize: one call. The object to call is named in the token, as Authly's own handles do.
 */
import { DurableObject } from 'cloudflare:workers'
import { json, randomText } from './encode.ts'
import { accessToken, idToken, type SignatureAlgorithm } from './sign.ts'

interface Env {
  readonly USERS: DurableObjectNamespace<UserObject>
}

export class UserObject extends DurableObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS grants (id TEXT PRIMARY KEY, hash TEXT NOT NULL)')
  }

  /** The one write. */
  write(grantId: string, hash: string): { readonly live: true } {
    this.ctx.storage.sql.exec(
      'INSERT INTO grants (id, hash) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET hash = excluded.hash',
      ...[grantId, hash],
    )
    return { live: true }
  }

  /** The one call; touches no storage. */
  read(): { readonly live: true } {
    return { live: true }
  }
}

const signedIn = { auth_time: 1_700_000_000, acr: 'urn:authly:acr:pwd', amr: ['pwd'] }

const objectFor = (env: Env, token: string): DurableObjectStub<UserObject> =>
  env.USERS.get(env.USERS.idFromName(token.slice(0, token.indexOf('.'))))

async function write(form: URLSearchParams, env: Env, alg: SignatureAlgorithm): Promise<Response> {
  const presented = form.get('refresh_token') ?? form.get('code') ?? ''
  const user = presented.slice(0, presented.indexOf('.'))
  const grantId = form.has('code') ? presented : 'grant'
  const successor = `${user}.${randomText()}`
  await objectFor(env, presented).write(grantId, successor)
  const token = await accessToken(user, 'web', 'openid', signedIn)
  return json({
    ...{ access_token: token, token_type: 'Bearer', expires_in: 600, scope: 'openid' },
    ...{ refresh_token: successor, id_token: await idToken(alg, user, 'web', token) },
  })
}

async function authorize(url: URL, cookie: string, env: Env): Promise<Response> {
  await objectFor(env, cookie.slice(cookie.indexOf('=') + 1)).read()
  const target = new URL(url.searchParams.get('redirect_uri') ?? '')
  target.searchParams.set('code', randomText())
  target.searchParams.set('state', url.searchParams.get('state') ?? '')
  return new Response(null, { status: 302, headers: { location: target.href } })
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname === '/authorize') return authorize(url, request.headers.get('cookie') ?? '', env)
    const form = new URLSearchParams(await request.text())
    if (url.pathname === '/write')
      return write(form, env, form.get('client_id') === 'web-es256' ? 'ES256' : 'RS256')
    await objectFor(env, form.get('token') ?? '').read()
    return json({ active: true, sub: 'user', client_id: 'web', scope: 'openid', token_type: 'Bearer' })
  },
}
