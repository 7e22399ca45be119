/**
 * Binds a row of `signing_keys` to this server. Attack: someone who can write to the database, but does not have
 * the root secret, inserts a public key of their own, and the server publishes it and accepts what it signs; or
 * they restore a retired key. So a row counts only with a binding: its state, sealed under the root secret with
 * the key id as context. The key id is the thumbprint of the public key (RFC 7638), which is thereby bound as
 * well. Rows of versions without bindings are recognised by their private half, which nobody else could have
 * sealed.
 */
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { RootSecret } from '../kit/root-secret.ts'
import type { KeyAlg } from './algorithms.ts'
import { openSealedKey, sealPrivateKey } from './private-half.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

export const keyProblems = [
  'public_half_altered',
  'binding_missing',
  'binding_foreign',
  'state_altered',
  'private_half_lost',
] as const
/** Why a row is rejected; contains no secret. */
export type KeyProblem = (typeof keyProblems)[number]

type KeyState = Pick<SigningKeyRow, 'alg' | 'status' | 'created_at' | 'activated_at' | 'retired_at'>
type Facts = Pick<SigningKeyRow, 'kid'> & KeyState

const purpose = 'signing-key-binding'

/** The binding of a key in this state. */
export const bindKey = (root: RootSecret, key: Facts): Promise<string> =>
  root.seal(purpose, JSON.stringify(stateOf(key)), key.kid)

const stateOf = ({ alg, status, created_at, activated_at, retired_at }: KeyState): KeyState => ({
  ...{ alg, status, created_at, activated_at, retired_at },
})

/** Why the public half of `row` must not be published or trusted; `undefined` when it may. */
export async function findKeyProblem(
  root: RootSecret,
  row: SigningKeyRow,
): Promise<Exclude<KeyProblem, 'private_half_lost'> | undefined> {
  if (!(await isNamedByItsKey(row))) return 'public_half_altered'
  if (row.binding === null) return (await isOlderThanBindings(root, row)) ? undefined : 'binding_missing'
  const bound = await openBinding(root, row)
  if (!bound) return 'binding_foreign'
  return continues(row, bound) ? undefined : 'state_altered'
}

/** Like `findKeyProblem`, and also checks that a key which signs, or will sign, is able to. */
export async function inspectKey(root: RootSecret, row: SigningKeyRow): Promise<KeyProblem | undefined> {
  const problem = await findKeyProblem(root, row)
  if (problem !== undefined || row.status === 'retired') return problem
  return (await openSealedKey(root, row)) ? undefined : 'private_half_lost'
}

/**
 * The values of a trusted row that must be sealed again: it has no binding yet, has moved to its next state, or
 * was sealed under an older root secret. `undefined` when nothing must.
 */
export async function renewBinding(
  root: RootSecret,
  row: SigningKeyRow,
): Promise<(Pick<SigningKeyRow, 'private_jwk_sealed'> & { readonly binding: string }) | undefined> {
  const bound = await openBinding(root, row)
  const isBound = bound !== undefined && JSON.stringify(bound) === JSON.stringify(stateOf(row))
  const sealed = await Promise.all([row.binding ?? '', row.private_jwk_sealed].map(root.isCurrent))
  if (isBound && sealed.every(Boolean)) return undefined
  const half = await openSealedKey(root, row)
  return {
    binding: await bindKey(root, row),
    private_jwk_sealed: half ? await sealPrivateKey(root, row.kid, half.jwk) : row.private_jwk_sealed,
  }
}

async function openBinding(root: RootSecret, row: SigningKeyRow): Promise<KeyState | undefined> {
  const json = row.binding === null ? undefined : await root.open(purpose, row.binding, row.kid)
  return json === undefined ? undefined : stateOf(JSON.parse(json) as KeyState)
}

const shapes: Readonly<Record<KeyAlg, { readonly kty: string; readonly crv: string | undefined }>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  RS256: { kty: 'RSA', crv: undefined },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  PS256: { kty: 'RSA', crv: undefined },
  ES384: { kty: 'EC', crv: 'P-384' },
  'RSA-OAEP-256': { kty: 'RSA', crv: undefined },
  'ECDH-ES': { kty: 'EC', crv: 'P-256' },
}

async function isNamedByItsKey({ kid, alg, public_jwk }: SigningKeyRow): Promise<boolean> {
  try {
    const { kty, crv } = public_jwk as JWK
    const shape = Object.hasOwn(shapes, alg) ? shapes[alg] : undefined
    return (
      kty === shape?.kty &&
      (shape?.crv === undefined || crv === shape.crv) &&
      (await calculateJwkThumbprint(public_jwk as JWK)) === kid
    )
  } catch {
    return false
  }
}

/**
 * Attack: the binding of a row is deleted, so that the row is accepted as it stands. Its private half shows
 * whether it once had one.
 */
async function isOlderThanBindings(root: RootSecret, row: SigningKeyRow): Promise<boolean> {
  const half = await openSealedKey(root, row)
  return half !== undefined && !half.isBound
}

const order = ['next', 'current', 'retired'] as const

/** States only move forward. The binding may lag behind until the rotation job renews it. */
function continues(row: KeyState, bound: KeyState): boolean {
  const goesOn = (then: number | undefined, now: number | undefined) => then === undefined || then === now
  return (
    row.alg === bound.alg &&
    row.created_at === bound.created_at &&
    goesOn(bound.activated_at, row.activated_at) &&
    goesOn(bound.retired_at, row.retired_at) &&
    order.indexOf(row.status) >= order.indexOf(bound.status)
  )
}
