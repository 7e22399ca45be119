/**
 * A challenge that a browser solves before a message is sent for it, while more accounts are begun than usual. One kind is
 * a file here: what its page shows, and how the answer is checked.
 */
import type { Origin } from '../../audit/event.ts'
import type { Parameters } from '../../protocol/parameters.ts'

/** What the page shows; plain data. */
export type ShownChallenge =
  /** The puzzle, JSON. */
  | { readonly kind: 'work'; readonly puzzle: string }
  | { readonly kind: 'turnstile'; readonly site_key: string; readonly subject: string }

export interface Challenge {
  /** @param subject what it is solved for: an answer counts for nothing else. At most 255 of `A-Za-z0-9_-`. */
  show(subject: string): Promise<ShownChallenge>
  /** Whether the form brings an answer for `subject`. Never throws: without an answer to rely on nobody goes on. */
  isSolved(form: Parameters, subject: string, origin: Origin): Promise<boolean>
}
