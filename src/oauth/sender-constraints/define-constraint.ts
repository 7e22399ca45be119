/** The interface of a sender constraint, which binds tokens to a key of their client: one file each, listed in `index.ts`. */
import type { Client } from '../../clients/client.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Result } from '../../kit/result.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { Confirmation, TokenType } from '../../protocol/token-confirmation.ts'
import type { ProofUse } from '../../sessions/spent-proof.ts'

export interface SenderNeeds {
  readonly config: Pick<Config, 'issuer' | 'dpopNonce'> & Partial<Pick<Config, 'mtls'>>
  readonly root: RootSecret
  readonly now: Clock
}

/** A request whose sender proves to have a key. */
export interface ProvingRequest {
  readonly request: Request
  /** Who sends it, or whom the token presented was issued to. */
  readonly client: Client
  /** The access token presented with it; absent where tokens are issued. */
  readonly accessToken?: string | undefined
}

export interface Proof {
  /** The value of the constraint's member of `cnf`. */
  readonly thumbprint: string
  /** Present if the proof may be used only once: whoever accepts it must record that. */
  readonly use?: ProofUse | undefined
  /** For the response, whatever its outcome. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface SenderConstraint {
  readonly member: keyof Confirmation
  /** Of the access tokens that are bound so. */
  readonly tokenType: TokenType
  /**
   * Whether what this request gets is to be bound so: its client must have it, or the request offers it. Asked for every
   * token request.
   */
  isAsked(request: Request, client: Client, config: SenderNeeds['config']): boolean
  /** Finds out what key the sender of the request has. */
  readonly prove: (needs: SenderNeeds, asked: ProvingRequest) => Promise<Result<Proof, OAuthRefusal>>
}
