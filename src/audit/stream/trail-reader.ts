/** The port through which the live stream reads the trail. */
import type { Authorized } from '../../access/authorized.ts'
import type { StreamFilter } from './stream-filter.ts'
import type { StreamEvent } from './stream-message.ts'

export interface TailPage {
  readonly events: readonly StreamEvent[]
  /** Every event up to here is in `events` or was before them: nothing can still appear below it. */
  readonly upTo: number
  /** The page was full: there is more. */
  readonly more: boolean
  /** `authorizationKey`s of those who may not read the trail, asked in the transaction that read `events`. */
  readonly forbidden: ReadonlySet<string>
}

export interface PastPage {
  readonly events: readonly StreamEvent[]
  /** How far the page reaches. */
  readonly upTo: number
}

export interface TrailReader {
  /** The end of the trail behind `after`; without `after` only where it is. @throws TrailBusy, see below */
  readTail(after: number | undefined, readers: readonly Authorized[]): Promise<TailPage>
  /**
   * A page of what is known to be final: behind `after`, not behind `upTo`.
   * @returns undefined for who may not read the trail any more
   */
  readPast(
    after: number,
    upTo: number,
    reader: { readonly authorized: Authorized; readonly filter: StreamFilter },
  ): Promise<PastPage | undefined>
  /** Whether retention has removed events behind `after`. */
  hasGaps(after: number): Promise<boolean>
}

/** A writer holds the end of the trail open for longer than it is polite to wait for: try again in a moment. */
export class TrailBusy extends Error {
  override readonly name = 'TrailBusy'
}
