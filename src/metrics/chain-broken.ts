/** Whether the newest checkpoints of the audit trail were built on one that this server did not sign. */
import { z } from 'zod'
import { decodeText } from '../kit/base64url.ts'

const claims = z.object({ previous_verified: z.boolean() })

/**
 * Only what the checkpoints themselves say; `POST /admin/audit/verify` proves it.
 * @param payloads of the signatures of checkpoints, in base64url
 */
export const isChainBroken = (payloads: readonly string[]): boolean =>
  payloads.some((payload) => {
    try {
      return !claims.parse(JSON.parse(decodeText(payload))).previous_verified
    } catch {
      // What cannot be read was not written by this server either.
      return true
    }
  })
