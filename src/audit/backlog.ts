/** What waits in an outbox. */
export interface Backlog {
  /** How many appended batches. */
  readonly waiting: number
  /** Since when its delivery is overdue or fails (milliseconds since the Unix epoch). */
  readonly lateSince: number | undefined
}
