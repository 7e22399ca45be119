/** The interface of a source of authorization requests: one file each, listed in `index.ts`. */
import type { Client } from '../../../clients/client.ts'
import type { FetchClientJwks } from '../../../clients/client-jwks.ts'
import type { FetchRequestObject } from '../../../clients/published-request-object.ts'
import type { Config } from '../../../config.ts'
import type { DecryptJwe } from '../../../keys/keyring.ts'
import type { Clock } from '../../../kit/clock.ts'
import type { Result } from '../../../kit/result.ts'
import type { RootSecret } from '../../../kit/root-secret.ts'
import type { Parameters } from '../../../protocol/parameters.ts'
import type { OAuthRefusal } from '../../../protocol/refusal.ts'
import type { Provenance } from '../../../protocol/request-provenance.ts'

export interface RequestSourceNeeds {
  readonly config: Pick<Config, 'issuer' | 'interactionTtlSeconds'>
  readonly now: Clock
  readonly root: RootSecret
  readonly fetchClientJwks: FetchClientJwks
  readonly decryptJwe: DecryptJwe
  readonly fetchRequestObject: FetchRequestObject
}

export interface ReceivedRequest {
  /** As they arrived. */
  readonly parameters: Parameters
  /** Whom `client_id` names; at `par` it is authenticated. */
  readonly client: Client
}

/** What is really asked for. */
export interface ResolvedRequest {
  readonly parameters: Parameters
  readonly provenance: Provenance
}

export interface UnresolvedRequest {
  readonly refusal: OAuthRefusal
  /** Present when they are known to be the client's: the refusal may be sent to the redirect URI among them. */
  readonly parameters?: Parameters
}

export interface RequestSource {
  readonly name: 'pushed' | 'reference' | 'object' | 'plain'
  /** Whether these parameters use it. */
  isNamedBy(parameters: Parameters): boolean
  resolve(
    needs: RequestSourceNeeds,
    received: ReceivedRequest,
  ): Promise<Result<ResolvedRequest, UnresolvedRequest>>
}
