/** Signs with a stored key: a job has the root secret, and reads the key in the step that needs it. */
import { importJWK, type JWK } from 'jose'
import { openPrivateKey } from '../../keys/private-half.ts'
import { createSignJwt } from '../../keys/sign-jwt.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import { createSignRecord, type SignRecord } from '../sign-record.ts'

/**
 * @param signer the current ES256 key, private half sealed. Its public half is derived from the private one: the
 *   stored public half could have been written by anyone with access to the database.
 */
export function signerOf(
  needs: { readonly root: RootSecret; readonly issuer: string; readonly now: () => number },
  signer: { readonly kid: string; readonly private_jwk_sealed: string },
): SignRecord {
  const { kid } = signer
  let opened: Promise<JWK> | undefined
  const privateJwk = () => (opened ??= openPrivateKey(needs.root, signer) as Promise<JWK>)
  const signingKey = async () => ({
    ...{ kid, alg: 'ES256' as const },
    key: (await importJWK(await privateJwk(), 'ES256')) as CryptoKey,
  })
  const jwks = async () => {
    const { kty, crv, x, y } = await privateJwk()
    return { keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } as JWK] }
  }
  return createSignRecord({
    signJwt: createSignJwt({ keyring: { signingKey } }),
    keyring: { jwks },
    issuer: needs.issuer,
    now: needs.now,
  })
}
