/** What happens to a message that waits: pure rules, which the object of its destination runs. */
import { retryAtMost } from '../kit/retry-at.ts'
import type { QueuedMessage, SendOutcome } from './message.ts'

/** A destination with more than this is being flooded; nobody reads a hundred messages. */
export const maxWaiting = 100
/** A message that somebody prepared and never released or discarded leaves after this time. */
export const holdMs = 30_000

const maxRetryMs = 120_000
/** A provider may ask for more patience than we have by ourselves, but not for a day. */
const maxRetryAfterMs = 3_600_000

export const isExpired = ({ expires_at }: Pick<QueuedMessage, 'expires_at'>, now: number): boolean =>
  expires_at <= now

/**
 * When a message is tried again that has been tried `attempts` times: up to two minutes later, so that destinations do
 * not return to a provider together.
 * @param random from 0 to 1
 */
export const retryAt = (now: number, attempts: number, random: number): number =>
  retryAtMost(maxRetryMs, now, attempts, random)

/** When anything is tried again after a failure. @param again `retryAt`, before the attempt */
export const putOff = (again: number, now: number, retryAfterMs = 0): number =>
  Math.max(again, now + Math.min(retryAfterMs, maxRetryAfterMs))

/** How a message ends: each is an audit event, whose name says it. */
export type MessageEnd =
  | { readonly end: 'sent' }
  | { readonly end: 'refused'; readonly reason: string }
  | { readonly end: 'dropped'; readonly reason: 'expired' | 'unreadable' }

/** `undefined`: it stays, and is tried again. */
export function endOf(outcome: SendOutcome): MessageEnd | undefined {
  switch (outcome.outcome) {
    case 'sent':
      return { end: 'sent' }
    case 'refused':
      return { end: 'refused', reason: outcome.reason }
    case 'failed':
      return undefined
  }
}
