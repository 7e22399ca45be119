/** The port of the server's own keys: private halves never leave it. */
import type { JSONWebKeySet, JWTPayload } from 'jose'
import type { DecryptionAlg, KeyAlg, SigningAlg } from './algorithms.ts'

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

export interface DecryptionKey {
  readonly kid: string
  readonly alg: DecryptionAlg
  readonly key: CryptoKey
}

export interface Keyring {
  /** The current key of an algorithm. @throws when none exists and none can be created */
  signingKey(alg: SigningAlg): Promise<SigningKey>
  /** A published key by id: next, current, or retired within retention. */
  verificationKey(kid: string): Promise<VerificationKey | undefined>
  /** A key by id that something may have been encrypted to: next, current, or retired within retention. */
  decryptionKey(kid: string): Promise<DecryptionKey | undefined>
  /**
   * Makes the keys that are missing of `algs`, so that they are published before the first use. @throws when that
   * fails
   */
  provide(algs: readonly KeyAlg[]): Promise<void>
  /**
   * Public keys only, as served by the JWKS endpoint. To verify with: next, current, retired within retention; to
   * encrypt to: the current ones (OpenID Connect Core §10.2.1).
   */
  jwks(): Promise<JSONWebKeySet>
}

/** Signs a JWT with the current key of `alg`; `typ` is the header's media type (`at+jwt`, `JWT`). */
export type SignJwt = (alg: SigningAlg, typ: string, payload: JWTPayload) => Promise<string>

/** The content of a compact JWE that was encrypted to one of our keys; `undefined`, without a reason, for any other. */
export type DecryptJwe = (jwe: string) => Promise<string | undefined>
