/** The interface of a client authentication method: one file each, listed in `index.ts`. */
import type { MtlsSettings } from '../../certificates/mtls-settings.ts'
import type { Client } from '../../clients/client.ts'
import type { FetchClientJwks } from '../../clients/client-jwks.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../kit/clock.ts'
import type { ClientAuthMethod } from '../../protocol/client-auth-methods.ts'
import type { SpendOnce } from '../../sessions/single-use.ts'

export interface ClientAuthNeeds {
  readonly config: Pick<Config, 'issuer' | 'mtls'>
  readonly now: Clock
  readonly fetchClientJwks: FetchClientJwks
  readonly spendOnce: SpendOnce
}

export interface ClientAuthenticator {
  readonly method: ClientAuthMethod
  /** Whether this deployment offers it, according to what it sees of certificates; left out: always. */
  isOffered?(mtls: MtlsSettings | undefined): boolean
  /**
   * Verifies that `proof`, or the connection of `request`, comes from `client`.
   * @returns undefined if it does, else a reason for the log
   */
  verify(needs: ClientAuthNeeds, client: Client, proof: string, request: Request): Promise<string | undefined>
}
