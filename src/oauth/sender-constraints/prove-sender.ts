/** What the tokens of a request are bound to: asked where tokens are issued. */
import { err, ok, type Result } from '../../kit/result.ts'
import { invalidRequest, type OAuthRefusal } from '../../protocol/refusal.ts'
import { type Confirmation, type TokenType, tokenTypeOf } from '../../protocol/token-confirmation.ts'
import type { ProofUse } from '../../sessions/spent-proof.ts'
import { proveCounted } from './count-proof.ts'
import type { ProvingRequest, SenderConstraint, SenderNeeds } from './define-constraint.ts'
import { senderConstraints } from './index.ts'

/** Who will use the tokens: whoever has them, or whoever has a key as well. */
export interface Sender {
  readonly token_type: TokenType
  readonly cnf?: Confirmation | undefined
  /** A proof that whoever accepts it must record as used. */
  readonly proof?: ProofUse | undefined
  /** For the response, whatever its outcome. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export const bearer: Sender = { token_type: 'Bearer' }
const anybody = ok(bearer)

/** The sender of a token request. Synchronous where no key is asked for, because most requests are. */
export function proveSender(
  needs: SenderNeeds,
  asked: ProvingRequest,
): Result<Sender, OAuthRefusal> | Promise<Result<Sender, OAuthRefusal>> {
  const { request, client } = asked
  const wanted = senderConstraints.filter((constraint) => constraint.isAsked(request, client, needs.config))
  if (wanted.length > 0) return proveAll(needs, asked, wanted)
  return client.rules.sender_constraint_required ? err(unconstrained) : anybody
}

const unconstrained = invalidRequest('the tokens of this client must be bound to a key: DPoP or mutual TLS')

async function proveAll(
  needs: SenderNeeds,
  asked: ProvingRequest,
  wanted: readonly SenderConstraint[],
): Promise<Result<Sender, OAuthRefusal>> {
  let sender: Sender = bearer
  for (const constraint of wanted) {
    const proven = await proveCounted(constraint, needs, asked)
    if (!proven.ok) return proven
    const { thumbprint, use, headers } = proven.value
    const cnf = { ...sender.cnf, [constraint.member]: thumbprint }
    sender = {
      cnf,
      token_type: tokenTypeOf(cnf),
      proof: use ?? sender.proof,
      headers: { ...sender.headers, ...headers },
    }
  }
  return ok(sender)
}
