/**
 * Signed parts of the evidence: compact JWS made by our keyring. A key id is the RFC 7638 thumbprint of its public
 * key, so the key is part of the record and cannot be swapped: trusting a key id is trusting that key. This file
 * only checks a record against the key it names; whether that key is trusted is decided by the caller.
 */
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { isCompactJws } from '../../kit/base64url.ts'
import { BoundedMap } from '../../kit/bounded-map.ts'

/** Media types (`typ`): one kind of record can never pass for another, nor for a token (RFC 8725 §3.11). */
export const recordTypes = {
  checkpoint: 'authly-audit-checkpoint+jwt',
  removal: 'authly-audit-removal+jwt',
  erasure: 'authly-audit-erasure+jwt',
  manifest: 'authly-audit-manifest+jwt',
} as const

export interface SignedRecord {
  readonly jws: string
  /** Public half of the signing key. */
  readonly public_jwk: Readonly<Record<string, unknown>>
}

export interface OpenedRecord {
  readonly kid: string
  readonly payload: unknown
}

const algorithms = ['ES256', 'EdDSA', 'RS256'] as const
const maxLength = 1_000_000
const maxRememberedKeys = 200
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const importedKeys = new BoundedMap<string, { alg: string; key: CryptoKey }>(maxRememberedKeys)

/**
 * The claims of a record and the key that signed it; `undefined` for anything forged, altered or of another type.
 */
export async function openRecord(
  type: keyof typeof recordTypes,
  record: SignedRecord,
): Promise<OpenedRecord | undefined> {
  if (record.jws.length > maxLength) return undefined
  try {
    const { alg, kid, typ } = decodeProtectedHeader(record.jws)
    if (typ !== recordTypes[type] || typeof kid !== 'string') return undefined
    // A record must have exactly one encoding, or a checkpoint would have several hashes.
    if (!isPlainKey(record.public_jwk, kid, alg) || !isCompactJws(record.jws)) return undefined
    const key = await importKey(kid, alg, record.public_jwk as JWK)
    if (!key) return undefined
    const { payload } = await compactVerify(record.jws, key, { algorithms: [...algorithms] })
    return { kid, payload: JSON.parse(decoder.decode(payload)) as unknown }
  } catch {
    return undefined
  }
}

const keyMembers: ReadonlySet<string> = new Set(['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use'])

/** Members outside the thumbprint must agree with it: otherwise a line could be changed unnoticed. */
const isPlainKey = (jwk: Readonly<Record<string, unknown>>, kid: string, alg: string | undefined): boolean =>
  Object.keys(jwk).every((name) => keyMembers.has(name)) &&
  (jwk['kid'] ?? kid) === kid &&
  (jwk['alg'] ?? alg) === alg &&
  (jwk['use'] ?? 'sig') === 'sig'

async function importKey(kid: string, alg: string | undefined, jwk: JWK): Promise<CryptoKey | undefined> {
  if (!algorithms.some((known) => known === alg)) return undefined
  if ((await calculateJwkThumbprint(jwk)) !== kid) return undefined
  const remembered = importedKeys.get(kid)
  if (remembered && remembered.alg === alg) return remembered.key
  const key = await importJWK(jwk, alg as string)
  if (key instanceof Uint8Array || key.type !== 'public') return undefined
  importedKeys.set(kid, { alg: alg as string, key })
  return key
}

/** Key ids of the JWK Set that a verifier trusts. Ids are computed, never taken from the set. */
export const keyIdsOf = async (jwks: { readonly keys: readonly JWK[] }): Promise<ReadonlySet<string>> =>
  new Set(await Promise.all(jwks.keys.map((jwk) => calculateJwkThumbprint(jwk))))
