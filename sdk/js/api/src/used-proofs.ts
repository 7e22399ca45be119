/** Where it is remembered which proofs were used (RFC 9449 §11.1). Attack: a proof that was seen is sent again. */
export interface UsedProofs {
  /**
   * Records a proof, in one step with finding out whether it is there.
   * @param key 43 characters, another one for each proof
   * @param expiresAt when it can be forgotten, seconds since the Unix epoch
   * @returns false when it was used before
   * @throws when that cannot be known: the request is then not served
   */
  use(key: string, expiresAt: number): boolean | Promise<boolean>
}

/**
 * In the memory of this process or isolate: each has its own, so a proof can be used once in each of them.
 * @param capacity proofs that are remembered at a time, about 100 bytes each. When there is no room the request is not
 * served: to forget one instead would let whoever has a token make room for a proof that was seen
 */
export function rememberProofs({
  capacity = 200_000,
  now = Date.now,
}: {
  readonly capacity?: number
  readonly now?: () => number
} = {}): UsedProofs {
  const expiry = new Map<string, number>()
  let sweptAt = 0
  const sweep = (seconds: number) => {
    sweptAt = seconds
    for (const [key, expiresAt] of expiry) if (expiresAt <= seconds) expiry.delete(key)
  }
  return {
    use(key, expiresAt) {
      const seconds = Math.floor(now() / 1000)
      if (expiry.has(key)) return false
      // Once a second at most, and not before there is something to gain.
      if (expiry.size >= capacity && sweptAt !== seconds) sweep(seconds)
      else if (seconds - sweptAt > 60) sweep(seconds)
      if (expiry.size >= capacity) throw new Error('no room for another DPoP proof')
      expiry.set(key, expiresAt)
      return true
    },
  }
}
