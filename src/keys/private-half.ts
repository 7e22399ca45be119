/** The private half of a signing key: sealed under the root secret, with the key id as context. */
import type { RootSecret } from '../kit/root-secret.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

const purpose = 'signing-key'

type SealedKey = Pick<SigningKeyRow, 'kid' | 'private_jwk_sealed'>

interface PrivateHalf {
  readonly jwk: Readonly<Record<string, unknown>>
  /** Its row must have a binding: it was sealed by a version that creates one (key-binding.ts). */
  readonly isBound: boolean
}

/** Seals a private JWK. The member `bound` marks that its row has a binding; older versions ignore it. */
export const sealPrivateKey = (
  root: RootSecret,
  kid: string,
  jwk: Readonly<Record<string, unknown>>,
): Promise<string> => root.seal(purpose, JSON.stringify({ ...jwk, bound: true }), kid)

/**
 * The private half; `undefined` when it was sealed elsewhere, for another key, or under a root secret no longer
 * configured.
 */
export async function openSealedKey(root: RootSecret, key: SealedKey): Promise<PrivateHalf | undefined> {
  const json = await root.open(purpose, key.private_jwk_sealed, key.kid)
  if (json === undefined) return undefined
  const { bound, ...jwk } = JSON.parse(json) as Record<string, unknown>
  return { jwk, isBound: bound === true }
}

/**
 * The private JWK of a stored key.
 * @throws when it was sealed under a root secret this deployment no longer has
 */
export async function openPrivateKey(
  root: RootSecret,
  key: SealedKey,
): Promise<Readonly<Record<string, unknown>>> {
  const half = await openSealedKey(root, key)
  if (half) return half.jwk
  throw new Error(
    `signing key ${key.kid} cannot be opened: put the root secret it was sealed under into AUTHLY_ROOT_SECRET_PREVIOUS`,
  )
}
