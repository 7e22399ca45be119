/** What happens to a logout that a client is to be told of: pure rules, which the client's outbox runs. */
import { retryAtMost } from '../kit/retry-at.ts'

/** Who has heard nothing for a day has ended its sessions by itself, or will not notice any more. */
export const givenUpAfterMs = 86_400_000
/** Clients that are asked at the same moment; an object may have six connections open. */
export const atOnce = 5

const maxRetryMs = 3_600_000

export const isGivenUp = ({ ended_at }: { readonly ended_at: number }, now: number): boolean =>
  now >= ended_at + givenUpAfterMs

/**
 * When something is tried again that failed `failures` times: up to an hour later, so that clients which were down are
 * not called by everybody at once.
 * @param random from 0 to 1
 */
export const retryAt = (now: number, failures: number, random: number): number =>
  retryAtMost(maxRetryMs, now, failures, random)

/** How an attempt ends. */
export type LogoutOutcome =
  | { readonly outcome: 'delivered' }
  /** The client says so, or its address may not be called: asking again would change nothing. */
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string }
  /** Nobody wants to know any more: the client is gone, or its address is. */
  | { readonly outcome: 'unwanted' }

/** It was not asked any more. */
export interface GivenUp {
  readonly outcome: 'given_up'
  readonly reason: string
}

/** Whether the client has answered. It was not even called where its address may not be, or nobody wants to know. */
export const hasAnswered = (ended: LogoutOutcome | GivenUp): boolean =>
  ended.outcome === 'delivered' || (ended.outcome === 'refused' && ended.reason !== 'address_refused')
