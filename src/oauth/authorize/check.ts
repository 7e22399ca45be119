/** The interface of a check of an authorization request. */
import type { Client } from '../../clients/client.ts'
import type { Config } from '../../config.ts'
import type { VerifyJwt } from '../../keys/verify-jwt.ts'
import type { Result } from '../../kit/result.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import type { OAuthRefusal } from '../../protocol/refusal.ts'
import type { Provenance } from '../../protocol/request-provenance.ts'

export interface CheckNeeds {
  readonly config: Pick<Config, 'requirePushedAuthorizationRequests'>
  readonly verifyJwt: VerifyJwt
}

export interface CheckInput {
  readonly parameters: Parameters
  readonly client: Client
  readonly provenance: Provenance
}

/** Refuses, or returns the validated part of the request. */
export type Check<Part> = (
  needs: CheckNeeds,
  input: CheckInput,
) => Result<Part, OAuthRefusal> | Promise<Result<Part, OAuthRefusal>>
