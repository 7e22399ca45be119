/** The interface of a grant type: one file each, listed in `index.ts`. */
import type { Origin, RecordEvent } from '../../audit/event.ts'
import type { Client } from '../../clients/client.ts'
import type { PrepareEncryption } from '../../clients/encryption.ts'
import type { Config } from '../../config.ts'
import type { SignJwt } from '../../keys/keyring.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Result } from '../../kit/result.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { AuthorizationDetail } from '../../protocol/authorization-details.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { TokenType } from '../../protocol/token-confirmation.ts'
import type { LoadScopeCatalog } from '../../scopes/scope.ts'
import type { SessionsOf } from '../../sessions/rules.ts'
import type { SpendOnce } from '../../sessions/single-use.ts'
import type { FindUser } from '../../users/user.ts'
import type { Sender } from '../sender-constraints/prove-sender.ts'

export interface GrantNeeds {
  readonly config: Config
  readonly root: RootSecret
  readonly now: Clock
  readonly signJwt: SignJwt
  readonly prepareEncryption: PrepareEncryption
  readonly sessionsOf: SessionsOf
  readonly findUser: FindUser
  readonly recordEvent: RecordEvent
  readonly loadScopeCatalog: LoadScopeCatalog
  readonly spendOnce: SpendOnce
}

export interface GrantRequest {
  readonly client: Client
  readonly form: Parameters
  readonly origin: Origin
  /** Whom the tokens are for: a grant binds them to its key, and sees to it that its proof is used once. */
  readonly sender: Sender
}

/** RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: TokenType
  /** Seconds. */
  readonly expires_in: number
  readonly scope?: string
  /** RFC 9396 §7. */
  readonly authorization_details?: readonly AuthorizationDetail[]
  readonly refresh_token?: string
  readonly id_token?: string
}

export interface GrantType {
  /** Value of `grant_type`. */
  readonly type: string
  /** `confidential`: not for clients that authenticate with `none`. */
  readonly clients: 'any' | 'confidential'
  exchange(needs: GrantNeeds, request: GrantRequest): Promise<Result<TokenResponse, OAuthRefusal>>
}
