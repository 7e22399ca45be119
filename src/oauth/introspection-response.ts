/**
 * Introspection answered as a JWT (RFC 9701): who relies on it can show later what this server said. Loaded only where
 * a JWT is asked for.
 */
import type { Client } from '../clients/client.ts'
import type { PrepareEncryption } from '../clients/encryption.ts'
import { type SignedForClientNeeds, signedForClient } from '../clients/signed-for-client.ts'
import { type Clock, toSeconds } from '../kit/clock.ts'
import { ok, type Result } from '../kit/result.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { Introspection } from './introspect.ts'
import { introspectionTyp } from './introspection-type.ts'

export interface IntrospectionResponseNeeds extends SignedForClientNeeds {
  readonly config: { readonly issuer: string }
  readonly now: Clock
  readonly prepareEncryption: PrepareEncryption
}

/**
 * §5. Attack: the answer passes for a token. So its `typ` is its own, what the token says is in a member of its own,
 * and there is neither `sub` nor `exp` beside it (§8.1).
 * @returns a refusal when it cannot be encrypted: then nothing is signed
 */
export async function introspectionJwt(
  needs: IntrospectionResponseNeeds,
  caller: Client,
  introspection: Introspection,
): Promise<Result<string, OAuthRefusal>> {
  const encrypt = await needs.prepareEncryption(caller, 'introspection')
  if (!encrypt.ok) return encrypt
  const claims = {
    iss: needs.config.issuer,
    aud: caller.client_id,
    iat: toSeconds(needs.now()),
    token_introspection: introspection,
  }
  const signed = { response: 'introspection', typ: introspectionTyp, claims } as const
  return ok(await signedForClient(needs, caller, signed, encrypt.value))
}
