/** Bare twin of client_credentials: parse the form, compare a hash in constant time, sign the claims. */
import { base64url, json, utf8 } from './encode.ts'
import { accessToken } from './sign.ts'

/** base64url(SHA-256('twin-secret')), the way a server would have it stored. */
const secretHash = utf8('mBSmaI-Meg7s88j7_UEn91shEcDEcgBjGc2_zbKvXn0')

export default {
  async fetch(request: Request): Promise<Response> {
    // The harness waits for an answer before it begins.
    if (request.method === 'GET') return json({})
    const form = new URLSearchParams(await request.text())
    const clientId = form.get('client_id') ?? ''
    const digest = await crypto.subtle.digest('SHA-256', utf8(form.get('client_secret') ?? ''))
    const matches = crypto.subtle.timingSafeEqual(utf8(base64url(digest)), secretHash)
    if (!matches || form.get('grant_type') !== 'client_credentials')
      return json({ error: 'invalid_client' }, 401)
    const scope = form.get('scope') ?? ''
    const token = await accessToken(clientId, clientId, scope)
    return json({ access_token: token, token_type: 'Bearer', expires_in: 600, scope })
  },
}
