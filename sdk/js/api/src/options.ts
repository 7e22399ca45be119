import type { Fetch } from '@authly-server/core'
import type { DpopNonces } from './dpop-nonces.ts'
import type { ApiRequest } from './presented-token.ts'
import type { ResourceWords } from './resource-words.ts'
import type { UsedProofs } from './used-proofs.ts'

export interface ApiVerifierOptions {
  /** The Authly that issues the tokens. Default: the environment variable `AUTHLY_ISSUER`. */
  readonly issuer?: string | undefined
  /**
   * The name of this API, compared with `aud` character by character: what clients ask for as `resource` (RFC 8707).
   * Of several, any is accepted. Default: the environment variable `AUTHLY_AUDIENCE`.
   */
  readonly audience?: string | readonly string[] | undefined
  /** Seconds that the clocks of issuer, clients and API may differ. Default 30. */
  readonly clockToleranceSeconds?: number
  /** Algorithms of access tokens; each key of the issuer is for one of them. Default: all that are asymmetric. */
  readonly algorithms?: readonly string[]
  /** Whether access tokens must be bound to a key of the client (RFC 9449). Default `optional`. */
  readonly dpop?: 'optional' | 'required'
  /** Where it is remembered which DPoP proofs were used. Default: the memory of this process or isolate. */
  readonly usedProofs?: UsedProofs
  /** Demands nonces in DPoP proofs: see `createDpopNonces`. Default: none. */
  readonly dpopNonces?: DpopNonces
  /**
   * The address of this API as clients know it, for DPoP: `https://example.com/api` where a proxy in front of it ends
   * TLS or takes `/api` away. Or a function that gives the whole URL of a request. Default: the environment variable
   * `AUTHLY_BASE_URL`, else the request's own URL, whose host is whatever the sender says.
   */
  readonly publicUrl?: string | ((request: ApiRequest) => string)
  /**
   * SHA-256 of the client certificate of a request as base64url, verified by whoever ended TLS. Without it, tokens that
   * are bound to a certificate (RFC 8705) are refused.
   */
  readonly clientCertificate?: (request: ApiRequest) => string | undefined | Promise<string | undefined>
  /**
   * Asks Authly with each request whether the token was revoked (RFC 7662). `true` takes `AUTHLY_CLIENT_ID` and
   * `AUTHLY_CLIENT_SECRET` from the environment. Default: off, a revoked token counts until it expires.
   */
  readonly introspection?: boolean | { readonly clientId: string; readonly clientSecret: string }
  /** What the metadata of this API says beside its name and its issuer (RFC 9728 §2). */
  readonly metadata?: ResourceWords
  /** Where that metadata is; `false` when it is not served. Default: the well-known URL, if `audience` is one. */
  readonly metadataUrl?: string | false
  /** How the issuer is asked. Default: the `fetch` of the platform. */
  readonly fetch?: Fetch
  /** Milliseconds since the Unix epoch. Default: `Date.now`. */
  readonly now?: () => number
}
