/** Signs with a key as it is stored: a job has the root secret, and reads the key in the step that needs it. */
import { importJWK } from 'jose'
import { openPrivateKey } from '../../keys/generate-key.ts'
import { createSignJwt } from '../../keys/sign-jwt.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import { createSignRecord, type SignRecord } from '../sign-record.ts'

/** @param signer the current ES256 key, private half sealed */
export function signerOf(
  needs: { readonly root: RootSecret; readonly issuer: string; readonly now: () => number },
  signer: {
    readonly kid: string
    readonly public_jwk: Readonly<Record<string, unknown>>
    readonly private_jwk_sealed: string
  },
): SignRecord {
  const { kty, crv, x, y } = signer.public_jwk as { kty: string; crv: string; x: string; y: string }
  const signingKey = async () => {
    const key = (await importJWK(await openPrivateKey(needs.root, signer), 'ES256')) as CryptoKey
    return { kid: signer.kid, alg: 'ES256' as const, key }
  }
  return createSignRecord({
    signJwt: createSignJwt({ keyring: { signingKey } }),
    keyring: {
      jwks: async () => ({ keys: [{ kty, crv, x, y, kid: signer.kid, alg: 'ES256', use: 'sig' }] }),
    },
    issuer: needs.issuer,
    now: needs.now,
  })
}
