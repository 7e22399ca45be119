export type {
  AuthorizationRequest,
  AuthorizationTransaction,
  SignInOptions,
} from './authorization-request.ts'
export { authorizationRequest } from './authorization-request.ts'
export { readAuthorizationResponse } from './authorization-response.ts'
export { fromBase64url, toBase64url, utf8 } from './base64url.ts'
export type { ServerMetadata } from './discovery.ts'
export { discoverOnce, isSecureAddress } from './discovery.ts'
export type { DpopKey, DpopProofInput, DpopPublicJwk, Nonces } from './dpop.ts'
export { createDpopKey, createNonces, dpopProof } from './dpop.ts'
export type { AuthlyErrorCode, AuthlyErrorDetails } from './errors.ts'
export { AuthlyError } from './errors.ts'
export type { Fetch, JsonAnswer, JsonObject } from './http.ts'
export { errorOf, jsonObject, readJson, send } from './http.ts'
export type { IdTokenClaims, IdTokenExpectation } from './id-token.ts'
export { checkIdTokenClaims, decodeIdToken } from './id-token.ts'
export { codeChallenge, randomToken, sha256 } from './pkce.ts'
export type { FailedAttempt, RetryRules } from './retry.ts'
export { retryAfter, retryDelay } from './retry.ts'
export { safeReturnTo } from './return-to.ts'
export type { TokenEndpointNeeds, TokenResponse } from './token-endpoint.ts'
export { requestTokens } from './token-endpoint.ts'
