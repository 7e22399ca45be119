/** What waits in the shards of the audit outbox, for those who watch over it. */
export interface WaitingEvents {
  /** Of the shard. */
  readonly name: string
  readonly events: number
  /** When the oldest of them happened (milliseconds since the Unix epoch); undefined when none waits. */
  readonly since: number | undefined
}

export type ReadOutboxes = () => Promise<readonly WaitingEvents[]>
