import { fromBase64url, toBase64url, utf8 } from '@authly-server/core'

/**
 * Nonces of DPoP (RFC 9449 §9). Attack: a script in the page of an application makes proofs for the months to come and
 * sends them away with the token; the key need not leave the browser for that. A nonce cannot be known in advance.
 */
export interface DpopNonces {
  /** The nonce for the next proofs. */
  current(): Promise<string>
  /** Whether a nonce was given a short time ago. */
  isRecent(nonce: string): Promise<boolean>
}

/** Seconds in which the same nonce is given. */
const span = 300

/**
 * Nonces that need no memory: each is the MAC of five minutes, and counts until the end of the next five.
 * @param secret base64url, 32 bytes or more, the same for all instances of the API
 */
export function createDpopNonces({
  secret,
  now = Date.now,
}: {
  readonly secret: string
  readonly now?: () => number
}): DpopNonces {
  const bytes = fromBase64url(secret)
  if (bytes.length < 32) throw new TypeError('the secret of DPoP nonces has less than 32 bytes')
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  let key: CryptoKey | undefined
  const nonceOf = async (index: number) => {
    key ??= await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
    const mac = await crypto.subtle.sign('HMAC', key, utf8(`dpop-nonce ${index}`))
    return toBase64url(new Uint8Array(mac)).slice(0, 22)
  }
  const currentSpan = () => Math.floor(now() / 1000 / span)
  return {
    current: () => nonceOf(currentSpan()),
    async isRecent(nonce) {
      const current = currentSpan()
      // The next one too: an instance whose clock is ahead may have given it.
      const recent = await Promise.all([current, current - 1, current + 1].map(nonceOf))
      return recent.includes(nonce)
    },
  }
}
