/**
 * Nonces of DPoP (RFC 9449 §8). Attack: a script in the page of an application makes proofs for the months to come and
 * sends them away with the token; the key need not leave the browser for that. A nonce cannot be known in advance.
 *
 * Stateless: a nonce is the MAC of a span of time, so every isolate knows those of all others.
 */
import { type Client, isConfidential } from '../../clients/client.ts'
import { constantTimeEqual } from '../../kit/hash.ts'
import type { SenderNeeds } from './define-constraint.ts'

/** Seconds in which the same nonce is given. */
const spanSeconds = 300

const nonceOf = async ({ root }: Pick<SenderNeeds, 'root'>, span: number): Promise<string> =>
  (await root.mac('dpop-nonce', String(span))).slice(0, 22)

/** The nonces of one moment. */
export interface Nonces {
  /** For the next proofs. */
  readonly current: string
  /**
   * Whether a nonce was given in this span or the one before: for five to ten minutes. The next one counts too, since an
   * isolate whose clock is ahead may have given it.
   */
  isRecent(presented: string): Promise<boolean>
}

/** Most proofs have the current nonce, so those of the other spans are computed only when asked for. */
export async function noncesOf(needs: Pick<SenderNeeds, 'root' | 'now'>): Promise<Nonces> {
  const span = Math.floor(needs.now() / 1000 / spanSeconds)
  const current = await nonceOf(needs, span)
  return {
    current,
    async isRecent(presented) {
      if (constantTimeEqual(current, presented)) return true
      const others = await Promise.all([span - 1, span + 1].map((each) => nonceOf(needs, each)))
      return others.some((nonce) => constantTimeEqual(nonce, presented))
    },
  }
}

/** Whether proofs of this client need a nonce. */
export function needsNonce({ config }: Pick<SenderNeeds, 'config'>, client: Client): boolean {
  switch (config.dpopNonce) {
    case 'every_client':
      return true
    case 'no_client':
      return false
    default:
      return !isConfidential(client)
  }
}
