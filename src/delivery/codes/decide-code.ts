/**
 * How many codes a destination gets, and how often one may be guessed: pure rules, alike for destinations without an
 * account. With six digits and these numbers a guesser is right once in decades.
 */
import { constantTimeEqual } from '../../kit/hash.ts'
import { decideLogin, failureMemorySeconds, type LoginAttempts } from '../../sessions/lock-out.ts'

/** NIST SP 800-63B-4 §3.1.3.2. */
export const codeLifetimeSeconds = 600
/** Wrong ones; then the code is over. */
export const maxCodeFailures = 5
/** Within `sendWindowSeconds`. */
export const maxCodesSent = 5
export const sendWindowSeconds = 3600
export const resendSeconds = 30

/**
 * Who asks and guesses: a browser in which the account has signed in before is counted apart, so that a stranger who asks
 * for codes all day does not keep its owner out there.
 */
export type Asker = 'known_device' | 'elsewhere'

/** A code that was made and is not used up. */
export interface StoredCode {
  /** Names it; it is in the sign-in that asked for it, and nowhere else in that browser. */
  readonly code_id: string
  /** `codeMac`. */
  readonly code_mac: string
  /** `accountMark`: for whom it was made, as the account was then. */
  readonly account_mark: string
  /** Of a link: the sign-in it goes on with, sealed. */
  readonly resume: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
  readonly failures: number
}

/** Of one asker at one destination. */
export interface CodeCounts {
  /** When codes were made (milliseconds since the Unix epoch). */
  readonly sent: readonly number[]
  readonly attempts: LoginAttempts | undefined
}

export type IssueDecision =
  | { readonly status: 'issued'; readonly sent: readonly number[] }
  /** `too_soon`: the last one is on its way. `limited`: too many. Nothing is stored. */
  | { readonly status: 'too_soon' | 'limited'; readonly retry_after_seconds: number }

/** Whether another code is made. @param now milliseconds since the Unix epoch */
export function decideIssue({ sent }: Pick<CodeCounts, 'sent'>, now: number): IssueDecision {
  const recent = sent.filter((at) => at > now - sendWindowSeconds * 1000)
  const last = recent.at(-1)
  const waitUntil = (at: number) => ({ retry_after_seconds: Math.max(1, Math.ceil((at - now) / 1000)) })
  if (recent.length >= maxCodesSent) {
    return { status: 'limited', ...waitUntil((recent[0] as number) + sendWindowSeconds * 1000) }
  }
  if (last !== undefined && now < last + resendSeconds * 1000) {
    return { status: 'too_soon', ...waitUntil(last + resendSeconds * 1000) }
  }
  return { status: 'issued', sent: [...recent, now] }
}

export interface PresentedCode {
  readonly code_mac: string
  /** Of the account as it is now. */
  readonly account_mark: string
}

export type CheckDecision =
  /** Used up with this answer. */
  | { readonly status: 'right' }
  /** Store `failures` and `attempts`. */
  | { readonly status: 'wrong'; readonly failures: number; readonly attempts: LoginAttempts }
  /**
   * None that could be right: used, expired, guessed at too often, or made for the account as it was before its password
   * changed. Store `attempts`, if there are.
   */
  | { readonly status: 'over'; readonly attempts?: LoginAttempts }
  /** Too early, whatever the code was. Nothing is stored. */
  | { readonly status: 'locked'; readonly retry_after_seconds: number }

/** Decides one guess. @param now milliseconds since the Unix epoch */
export function decideCheck(
  code: StoredCode | undefined,
  attempts: LoginAttempts | undefined,
  presented: PresentedCode,
  now: number,
): CheckDecision {
  if (!code || now >= code.expires_at) return { status: 'over' }
  const decision = decideLogin(attempts, constantTimeEqual(code.code_mac, presented.code_mac), now)
  switch (decision.status) {
    case 'locked':
      return decision
    case 'accepted':
      // Attack: a thief of the mailbox keeps a code for the time after its owner has taken the account back.
      return { status: constantTimeEqual(code.account_mark, presented.account_mark) ? 'right' : 'over' }
    case 'refused': {
      const failures = code.failures + 1
      const counted = { attempts: decision.attempts }
      return failures >= maxCodeFailures
        ? { status: 'over', ...counted }
        : { status: 'wrong', failures, ...counted }
    }
  }
}

/** When the counts mean nothing any more (milliseconds since the Unix epoch). */
export const countsEnd = ({ sent, attempts }: CodeCounts): number =>
  Math.max(
    (sent.at(-1) ?? 0) + sendWindowSeconds * 1000,
    (attempts?.last_failure_at ?? 0) + (attempts ? failureMemorySeconds * 1000 : 0),
  )
