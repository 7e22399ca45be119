/**
 * Refresh tokens and their idempotent replay. A client that lost the response repeats its request; it must get the
 * same successor, or two tabs refreshing at once would log each other out. The successor is stored sealed under a
 * key derived from the presented token, so a stolen storage reveals nothing.
 */
import { base64url } from 'jose'
import type { RootSecret } from '../kit/root-secret.ts'
import { type IssuedHandle, issueHandle, openHandle } from '../kit/sealed-handle.ts'

export interface RefreshRouting {
  readonly u: string
  readonly g: string
  /** Issued to a client that showed the key to which the grant is bound. */
  readonly k?: true
}

/** What a retry must receive again. */
export interface RefreshReplay {
  readonly refresh_token: string
  readonly jti: string
  /** Seconds since the Unix epoch. */
  readonly iat: number
}

export const issueRefreshToken = (
  root: RootSecret,
  userId: string,
  grantId: string,
  toKey = false,
): Promise<IssuedHandle> =>
  issueHandle(root, 'rt', { u: userId, g: grantId, ...(toKey && { k: true }) } satisfies RefreshRouting)

export const openRefreshToken = (root: RootSecret, token: string) =>
  openHandle<RefreshRouting>(root, 'rt', token)

const encoder = new TextEncoder()

const ivLength = 12

async function replayKey(presented: string): Promise<CryptoKey> {
  const bytes = await crypto.subtle.digest('SHA-256', encoder.encode(`authly refresh replay ${presented}`))
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

export async function sealReplay(presented: string, replay: RefreshReplay): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivLength))
  const plaintext = encoder.encode(JSON.stringify(replay))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await replayKey(presented), plaintext)
  const out = new Uint8Array(ivLength + sealed.byteLength)
  out.set(iv)
  out.set(new Uint8Array(sealed), ivLength)
  return base64url.encode(out)
}

/** @throws when the presented token is not the one the replay was sealed for */
export async function openReplay(presented: string, sealed: string): Promise<RefreshReplay> {
  const bytes = base64url.decode(sealed)
  const plaintext = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: bytes.subarray(0, ivLength) },
    await replayKey(presented),
    bytes.subarray(ivLength),
  )
  return JSON.parse(new TextDecoder().decode(plaintext)) as RefreshReplay
}
