/** What a response is signed with, where a client need not have registered that. */
import { isSigningAlg, type SigningAlg } from '../keys/algorithms.ts'
import type { Client } from './client.ts'

/** JARM §3, RFC 9701 §6: RS256 is the default; where the profile forbids it, the first that it allows. */
export function responseSigningAlg(client: Client, registered: SigningAlg | undefined): SigningAlg {
  const allowed = client.rules.signing_algs
  const choices = [registered, 'RS256' as const, 'ES256' as const, ...(allowed ?? []).filter(isSigningAlg)]
  const chosen = choices.find((alg) => alg !== undefined && (allowed?.includes(alg) ?? true))
  if (chosen === undefined) throw new Error('the profile allows no algorithm that this server signs with')
  return chosen
}
