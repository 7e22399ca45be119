/** What a JWT for a client is signed with. */
import { isSigningAlg, type SigningAlg } from '../keys/algorithms.ts'
import type { Client } from './client.ts'

/**
 * What the client registered, else RS256 (JARM §3, RFC 9701 §6); where its profile forbids that, ES256 or the first that
 * it allows.
 */
export function responseSigningAlg(client: Client, registered: SigningAlg | undefined): SigningAlg {
  const allowed = client.rules.signing_algs
  const wanted = registered ?? 'RS256'
  if (allowed === undefined || allowed.includes(wanted)) return wanted
  const chosen = allowed.includes('ES256') ? 'ES256' : allowed.find(isSigningAlg)
  if (chosen === undefined) throw new Error('the profile allows no algorithm that this server signs with')
  return chosen
}
