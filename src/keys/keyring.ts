/** The port of signing: private keys never leave it. */
import type { JSONWebKeySet, JWTPayload } from 'jose'
import type { SigningAlg } from './algorithms.ts'

export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlg
  readonly key: CryptoKey
}

export interface VerificationKey {
  readonly kid: string
  readonly alg: SigningAlg
  readonly key: CryptoKey
}

export interface Keyring {
  /** The current key of an algorithm. @throws when none exists and none can be created */
  signingKey(alg: SigningAlg): Promise<SigningKey>
  /** A published key by id: next, current, or retired within retention. */
  verificationKey(kid: string): Promise<VerificationKey | undefined>
  /** Public keys only, as served by the JWKS endpoint: next, current, retired within retention. */
  jwks(): Promise<JSONWebKeySet>
}

/** Signs a JWT with the current key of `alg`; `typ` is the header's media type (`at+jwt`, `JWT`). */
export type SignJwt = (alg: SigningAlg, typ: string, payload: JWTPayload) => Promise<string>
