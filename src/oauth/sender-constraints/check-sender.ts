/**
 * Whether an access token is used by whoever it was issued to: asked by every resource of ours. Attack: a stolen token
 * is presented without the key it is bound to, perhaps as a bearer token, which needs none (RFC 9449 §7.2).
 */
import type { Client } from '../../clients/client.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import { type Confirmation, type TokenType, tokenTypeOf } from '../../protocol/token-confirmation.ts'
import type { ProofUse } from '../../sessions/spent-proof.ts'
import { proveCounted } from './count-proof.ts'
import type { ProvingRequest, SenderNeeds } from './define-constraint.ts'
import { senderConstraints } from './index.ts'
import type { PresentedToken } from './presented-token.ts'
import { refuseToken } from './token-challenge.ts'

export interface CheckedSender {
  /** A proof that whoever looks the token up must record as used. */
  readonly proof?: ProofUse | undefined
  /** For the response, whatever its outcome. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface UsedToken extends Omit<ProvingRequest, 'accessToken' | 'client'> {
  /** Whom the token was issued to; asked for only if it is bound. */
  readonly findClient: () => Promise<Client | undefined>
  readonly presented: PresentedToken
  /** What the token is bound to. */
  readonly cnf: Confirmation | undefined
}

const anybody = ok<CheckedSender>({})

/** Checks the sender of a request with an access token. Synchronous for tokens that are bound to nothing. */
export function checkSender(
  needs: SenderNeeds,
  used: UsedToken,
): Result<CheckedSender, OAuthRefusal> | Promise<Result<CheckedSender, OAuthRefusal>> {
  const { scheme } = used.presented
  // Also for a token that is bound to nothing: its holder believes it to be protected.
  if (scheme !== tokenTypeOf(used.cnf)) return err(notYours(scheme, 'presented by another scheme'))
  return used.cnf === undefined ? anybody : checkBound(needs, used, used.cnf)
}

async function checkBound(
  needs: SenderNeeds,
  { presented, request, findClient }: UsedToken,
  cnf: Confirmation,
): Promise<Result<CheckedSender, OAuthRefusal>> {
  const client = await findClient()
  if (!client) return err(notYours(presented.scheme, 'the client is gone'))
  let checked: CheckedSender = {}
  for (const [member, thumbprint] of Object.entries(cnf)) {
    // Fails closed: a key that nobody here can ask for is not proven.
    const constraint = senderConstraints.find((known) => known.member === member)
    if (!constraint) return err(notYours(presented.scheme, `bound by ${member}`))
    const asked = { request, client, accessToken: presented.token }
    const proven = await proveCounted(constraint, needs, asked)
    if (!proven.ok) return proven
    const { use, headers } = proven.value
    checked = { proof: use ?? checked.proof, headers: { ...checked.headers, ...headers } }
    if (proven.value.thumbprint !== thumbprint) {
      return err({ ...notYours(presented.scheme, 'another key'), headers: checked.headers })
    }
  }
  return ok(checked)
}

/** One answer for every way of presenting a token wrongly; the reason is for the log. */
const notYours = (scheme: TokenType, detail: string): OAuthRefusal => {
  const description = 'the access token is not valid here, or is bound to a key that was not proven'
  return refuseToken(scheme, 'invalid_token', description, { detail })
}
