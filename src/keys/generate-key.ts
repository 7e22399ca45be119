/** Makes a signing key pair and seals its private half, so that plaintext never leaves this function. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { RootSecret } from '../kit/root-secret.ts'
import type { SigningAlg } from './algorithms.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

export type GeneratedKey = Pick<SigningKeyRow, 'kid' | 'alg' | 'public_jwk' | 'private_jwk_sealed'>

const sealPurpose = 'signing-key'

/** A fresh key of `alg` (RSA: 2048 bits); its `kid` is the RFC 7638 thumbprint. */
export async function generateKey(root: RootSecret, alg: SigningAlg): Promise<GeneratedKey> {
  const pair = await generateKeyPair(alg, { extractable: true })
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
  const kid = await calculateJwkThumbprint(publicJwk)
  return {
    kid,
    alg,
    public_jwk: { ...publicJwk, kid, alg, use: 'sig' },
    private_jwk_sealed: await root.seal(sealPurpose, JSON.stringify(privateJwk), kid),
  }
}

/**
 * The private JWK of a stored key.
 * @throws when it was sealed under a root secret this deployment no longer has
 */
export async function openPrivateKey(
  root: RootSecret,
  row: Pick<SigningKeyRow, 'kid' | 'private_jwk_sealed'>,
): Promise<Record<string, unknown>> {
  const json = await root.open(sealPurpose, row.private_jwk_sealed, row.kid)
  if (json === undefined) {
    throw new Error(
      `signing key ${row.kid} cannot be opened: put the root secret it was sealed under into AUTHLY_ROOT_SECRET_PREVIOUS`,
    )
  }
  return JSON.parse(json) as Record<string, unknown>
}
