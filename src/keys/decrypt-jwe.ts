/**
 * Decrypts what was encrypted to one of our keys (RFC 7516 §5.2, compact serialization). The key named by `kid` decides
 * the algorithm, never the header. Whoever sends it learns only that it was not accepted (RFC 8725 §3.2).
 */
import { compactDecrypt } from 'jose'
import { decodeText, isBase64Url } from '../kit/base64url.ts'
import { contentEncryptions } from './algorithms.ts'
import type { DecryptJwe, Keyring } from './keyring.ts'

/** As long as a form may be. */
const maxJweLength = 65_536
const maxHeaderLength = 2048
const maxKidLength = 128
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Builds `DecryptJwe` over the keyring. */
export function createDecryptJwe(needs: { readonly keyring: Pick<Keyring, 'decryptionKey'> }): DecryptJwe {
  return async (jwe) => {
    const header = readHeader(jwe)
    const key = header && (await needs.keyring.decryptionKey(header.kid))
    if (!key || key.alg !== header.alg) return undefined
    try {
      const { plaintext } = await compactDecrypt(jwe, key.key, {
        keyManagementAlgorithms: [key.alg],
        contentEncryptionAlgorithms: [...contentEncryptions],
        // Attack: a small text that inflates to gigabytes.
        maxDecompressedLength: 0,
      })
      return decoder.decode(plaintext)
    } catch {
      return undefined
    }
  }
}

/** The protected header, if it is one we accept: no compression, no critical extensions, a key by id. */
function readHeader(jwe: string): { readonly alg: string; readonly kid: string } | undefined {
  if (jwe.length > maxJweLength) return undefined
  const parts = jwe.split('.', 6)
  const [encoded = ''] = parts
  // The second part is empty when the key is agreed on directly (RFC 7518 §4.6); no other may be.
  const isCompact =
    parts.length === 5 && parts.every((part, at) => isBase64Url(part) && (part !== '' || at === 1))
  if (!isCompact || encoded.length > maxHeaderLength) return undefined
  try {
    const header = JSON.parse(decodeText(encoded)) as Record<string, unknown> | null
    if (typeof header !== 'object' || header === null || 'zip' in header || 'crit' in header) return undefined
    const { alg, kid } = header
    if (typeof alg !== 'string' || typeof kid !== 'string' || kid.length > maxKidLength) return undefined
    return { alg, kid }
  } catch {
    return undefined
  }
}
