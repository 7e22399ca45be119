/** Generates a key pair and seals its private half, so that plaintext never leaves this function. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { RootSecret } from '../kit/root-secret.ts'
import { type KeyAlg, useOf } from './algorithms.ts'
import { bindKey } from './key-binding.ts'
import { sealPrivateKey } from './private-half.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

export interface GeneratedKey
  extends Pick<SigningKeyRow, 'kid' | 'alg' | 'public_jwk' | 'private_jwk_sealed'> {
  readonly status: 'next' | 'current'
  /** Milliseconds since the Unix epoch, like the one below. */
  readonly created_at: number
  readonly activated_at: number | undefined
  readonly binding: string
}

/** A new key of `alg` (RSA: 2048 bits; ECDH: P-256), created at `at`; its `kid` is the RFC 7638 thumbprint. */
export async function generateKey(
  root: RootSecret,
  alg: KeyAlg,
  { status, at }: { readonly status: 'next' | 'current'; readonly at: number },
): Promise<GeneratedKey> {
  const pair = await generateKeyPair(alg, { extractable: true })
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
  const kid = await calculateJwkThumbprint(publicJwk)
  const activated_at = status === 'current' ? at : undefined
  const state = { kid, alg, status, created_at: at, activated_at, retired_at: undefined }
  return {
    ...{ kid, alg, status, created_at: at, activated_at },
    public_jwk: { ...publicJwk, kid, alg, use: useOf(alg) },
    private_jwk_sealed: await sealPrivateKey(root, kid, { ...privateJwk }),
    binding: await bindKey(root, state),
  }
}
