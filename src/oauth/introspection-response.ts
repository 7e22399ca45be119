/**
 * Introspection answered as a JWT (RFC 9701): who relies on it can show later what this server said. Loaded only where
 * a JWT is asked for.
 */
import type { Client } from '../clients/client.ts'
import { type SignedForClientNeeds, signedForClient } from '../clients/signed-for-client.ts'
import { type Clock, toSeconds } from '../kit/clock.ts'
import type { Result } from '../kit/result.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { Introspection } from './introspect.ts'
import { introspectionTyp } from './introspection-type.ts'

export interface IntrospectionResponseNeeds extends SignedForClientNeeds {
  readonly config: { readonly issuer: string }
  readonly now: Clock
}

/**
 * §5. Attack: the answer passes for a token. So its `typ` is its own, what the token says is in a member of its own,
 * and there is neither `sub` nor `exp` beside it (§8.1).
 */
export const introspectionJwt = (
  needs: IntrospectionResponseNeeds,
  caller: Client,
  introspection: Introspection,
): Promise<Result<string, OAuthRefusal>> =>
  signedForClient(needs, caller, {
    response: 'introspection',
    typ: introspectionTyp,
    claims: {
      iss: needs.config.issuer,
      aud: caller.client_id,
      iat: toSeconds(needs.now()),
      token_introspection: introspection,
    },
  })
