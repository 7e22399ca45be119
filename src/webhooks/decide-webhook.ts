/** What happens to an event that an endpoint is to get: pure rules, which its outbox runs. */
import { readRetryAfter } from '../kit/retry-after.ts'
import { retryAtMost } from '../kit/retry-at.ts'

const minute = 60_000
const day = 86_400_000

/** An event is tried for this long; what came of it stays in the log, and it can be replayed. */
export const givenUpAfterMs = 3 * day
/** An endpoint that took nothing for this long is disabled. */
export const disabledAfterMs = 5 * day
/** Of events that wait for one endpoint: what comes on top is not kept, and can be replayed. */
export const maxWaiting = 10_000
/** Requests at the same moment; an object may have six connections open. */
export const atOnce = 5
export const maxReplays = 10
/** A receiver shall answer first and work afterwards. */
export const timeoutMs = 10_000

const maxRetryMs = 6 * 60 * minute
/** One request every few minutes finds out that an endpoint is back. */
const maxPauseMs = 10 * minute
/** A mistake in `Retry-After` must not silence an endpoint for ever. */
const maxRetryAfterMs = day

/** How an attempt ended, as the log shows it. */
export interface MadeAttempt {
  /** When it began: RFC 3339. */
  readonly at: string
  readonly response_status: number | null
  /** Null: the endpoint took the event. */
  readonly reason: string | null
  readonly duration_ms: number
}

/** Kept in the row that an attempt writes anyway; most need one, and whoever looks for a mistake needs the last ones. */
export const maxRecentAttempts = 10

/** How an attempt ends. */
export type AttemptOutcome =
  | { readonly outcome: 'delivered'; readonly status: number }
  /** 410: the receiver wants nothing any more, now and later. */
  | { readonly outcome: 'gone'; readonly status: number }
  | {
      readonly outcome: 'failed'
      readonly reason: string
      readonly status: number | undefined
      readonly retryAfterMs: number | undefined
    }

/** Standard Webhooks: any 2xx is success. @param retryAfter the header; @param now milliseconds */
export function outcomeOfStatus(status: number, retryAfter: string | null, now: number): AttemptOutcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered', status }
  if (status === 410) return { outcome: 'gone', status }
  const asked = readRetryAfter(retryAfter, now)
  const retryAfterMs = asked === undefined ? undefined : Math.min(asked, maxRetryAfterMs)
  return { outcome: 'failed', reason: `http_${status}`, status, retryAfterMs }
}

/**
 * When an event is tried again that was tried `attempts` times: up to six hours later.
 * @param random from 0 to 1
 */
export const retryAt = (now: number, attempts: number, random: number): number =>
  retryAtMost(maxRetryMs, now, attempts, random)

/** Until when an endpoint is left alone that failed `failures` times in a row. @param random from 0 to 1 */
export const pausedUntil = (
  now: number,
  failures: number,
  retryAfterMs: number | undefined,
  random: number,
): number => Math.max(retryAtMost(maxPauseMs, now, failures, random), now + (retryAfterMs ?? 0))

/** An endpoint that was down, not one that dislikes a single event: then what waits is sent at once. */
export const wasDown = (failures: number): boolean => failures >= 5

export const isGivenUp = ({ queued_at }: { readonly queued_at: number }, now: number): boolean =>
  now >= queued_at + givenUpAfterMs

export const isDead = (failingSince: number | undefined, now: number): boolean =>
  failingSince !== undefined && now >= failingSince + disabledAfterMs
