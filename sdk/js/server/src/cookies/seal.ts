import { toBase64url, utf8 } from '@authly-server/core'
import { CompactEncrypt, compactDecrypt } from 'jose'

/** What a seal is for: one made for a purpose does not open for another. */
export type Purpose = 'session' | 'transaction' | 'store'

export interface Sealer {
  readonly seal: (purpose: Purpose, value: object) => Promise<string>
  /** Undefined for everything that was not sealed here, for this purpose, with one of the secrets. */
  readonly open: (purpose: Purpose, sealed: string) => Promise<Readonly<Record<string, unknown>> | undefined>
}

interface Keys {
  readonly kid: string
  readonly of: (purpose: Purpose) => Promise<CryptoKey>
}

/**
 * Seals with AES-256-GCM (RFC 7518 §4.5, §5.3: JWE `dir`, `A256GCM`).
 * @param application what tells applications with the same secret apart: what is sealed for one is nothing to another
 */
export function createSealer(secrets: readonly Uint8Array<ArrayBuffer>[], application: string): Sealer {
  let derived: Promise<readonly Keys[]> | undefined
  const keys = () => {
    derived ??= Promise.all(secrets.map((secret) => deriveKeys(secret, application)))
    return derived
  }
  return {
    seal: async (purpose, value) => {
      const [current] = await keys()
      if (!current) throw new Error('there is no secret')
      return new CompactEncrypt(utf8(JSON.stringify(value)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: current.kid })
        .encrypt(await current.of(purpose))
    },
    open: async (purpose, sealed) => {
      const known = await keys()
      try {
        const { plaintext } = await compactDecrypt(
          sealed,
          ({ kid }) => {
            const found = known.find((each) => each.kid === kid)
            if (!found) throw new Error('another secret')
            return found.of(purpose)
          },
          { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
        )
        const value: unknown = JSON.parse(new TextDecoder().decode(plaintext))
        return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
      } catch {
        // Forged, altered, cut, or of a secret that is gone: all of them are no session.
        return undefined
      }
    },
  }
}

/** A key for each purpose, by HKDF (RFC 5869). */
async function deriveKeys(secret: Uint8Array<ArrayBuffer>, application: string): Promise<Keys> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const parameters = (what: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: utf8(`authly-server 1 ${what} ${application}`),
  })
  const derive = (purpose: Purpose) =>
    crypto.subtle.deriveKey(parameters(purpose), root, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ])
  const known = { session: derive('session'), transaction: derive('transaction'), store: derive('store') }
  const kid = toBase64url(new Uint8Array(await crypto.subtle.deriveBits(parameters('kid'), root, 48)))
  return { kid, of: (purpose) => known[purpose] }
}
