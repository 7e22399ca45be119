/** Content-Digest (RFC 9530 §2): binds the body to a signature, which covers headers only. */
import { parseDictionary, serializeDictionary } from 'structured-headers'
import type { SignatureFault } from './signature-fault.ts'

/** §5: md5, sha, unixsum and the like are insecure and ignored. */
export const digestNames = { 'sha-256': 'SHA-256', 'sha-512': 'SHA-512' } as const
export type DigestAlgorithm = keyof typeof digestNames

const maxFieldLength = 1024

/** The header's value for `body`. */
export async function contentDigest(
  body: Uint8Array<ArrayBuffer>,
  algorithm: DigestAlgorithm = 'sha-256',
): Promise<string> {
  const digest = await crypto.subtle.digest(digestNames[algorithm], body)
  return serializeDictionary(new Map([[algorithm, [digest, new Map()]]]))
}

/**
 * The strong digests in a header.
 * @returns undefined when there is none or the header is malformed
 */
export function readContentDigest(
  field: string | null,
): ReadonlyMap<DigestAlgorithm, Uint8Array> | undefined {
  if (field === null || field.length > maxFieldLength) return undefined
  try {
    const digests = new Map<DigestAlgorithm, Uint8Array>()
    for (const [name, [value]] of parseDictionary(field)) {
      if (!Object.hasOwn(digestNames, name)) continue
      if (!(value instanceof ArrayBuffer)) return undefined
      digests.set(name as DigestAlgorithm, new Uint8Array(value))
    }
    return digests.size > 0 ? digests : undefined
  } catch {
    return undefined
  }
}

/** Checks `body` against every strong digest in the header: all of them must match. */
export async function checkContentDigest(
  field: string | null,
  body: Uint8Array<ArrayBuffer>,
): Promise<SignatureFault | undefined> {
  const digests = readContentDigest(field)
  if (!digests) return 'digest_malformed'
  for (const [algorithm, stated] of digests) {
    const actual = new Uint8Array(await crypto.subtle.digest(digestNames[algorithm], body))
    if (!isSameDigest(stated, actual)) return 'digest_mismatch'
  }
  return undefined
}

/** Compares two digests. Both are public, so constant time is not needed. */
export const isSameDigest = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index])
