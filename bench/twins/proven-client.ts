/**
 * Bare twins of client_credentials whose sender signs. With DPoP: compare a hash, import the key of the proof, verify it,
 * one Durable Object call with one SQLite write, sign the claims. With private_key_jwt: verify with the key that is
 * configured, and the same call.
 */
import { json } from './encode.ts'
import { type OnceObject, spend } from './once-object.ts'
import { accessToken } from './sign.ts'
import { isSecret, openAssertion, openProof } from './signed-by-client.ts'

export { OnceObject } from './once-object.ts'

interface Env {
  readonly ONCE: DurableObjectNamespace<OnceObject>
  /** The public key of the client, a JWK. */
  readonly CLIENT_KEY: string
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
    const presented = form.get('client_assertion')
    if (presented !== null) {
      const assertion = await openAssertion(presented, JSON.parse(env.CLIENT_KEY) as JsonWebKey)
      const isGood = assertion !== undefined && (await spend(env.ONCE, 'machine', assertion.id))
      return isGood ? answer(assertion.clientId, scope) : json({ error: 'invalid_client' }, 400)
    }
    if (!(await isSecret(form.get('client_secret') ?? ''))) return json({ error: 'invalid_client' }, 401)
    const proof = await openProof(request.headers.get('dpop') ?? '')
    const isGood = proof !== undefined && (await spend(env.ONCE, 'machine', proof.id))
    return isGood
      ? answer(form.get('client_id') ?? '', scope, { jkt: proof.jkt })
      : json({ error: 'invalid_dpop_proof' }, 400)
  },
}
