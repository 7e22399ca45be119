/** The port through which the live stream reads the trail, and what all its readers keep to. */
import type { Authorized } from '../../access/authorized.ts'
import { databaseErrorOf, sqlStates } from '../../kit/database-error.ts'
import type { StreamFilter } from './stream-filter.ts'
import type { StreamEvent } from './stream-message.ts'

export interface TailPage {
  readonly events: readonly StreamEvent[]
  /** All events up to here are in `events` or earlier: no event can still appear below this position. */
  readonly upTo: number
  /** The page was full: there is more. */
  readonly more: boolean
  /** `authorizationKey`s of readers without access to the trail, checked in the transaction that read `events`. */
  readonly forbidden: ReadonlySet<string>
}

export interface PastPage {
  readonly events: readonly StreamEvent[]
  /** How far the page reaches. */
  readonly upTo: number
}

export interface TrailReader {
  /**
   * Events behind `after` up to the end of the trail; without `after` only its position. @throws TrailBusy, see below
   */
  readTail(after: number | undefined, readers: readonly Authorized[]): Promise<TailPage>
  /**
   * A page of final events: behind `after`, up to `upTo`.
   * @returns undefined when the reader no longer has access to the trail
   */
  readPast(
    after: number,
    upTo: number,
    reader: { readonly authorized: Authorized; readonly filter: StreamFilter },
  ): Promise<PastPage | undefined>
  /** Whether retention has removed events behind `after`. */
  hasGaps(after: number): Promise<boolean>
}

/** A writer holds the end of the trail locked for too long: try again in a moment. */
export class TrailBusy extends Error {
  override readonly name = 'TrailBusy'
}

/** `lock_not_available`: a transaction that writes events is still open. @throws TrailBusy, or `error` itself */
export function refuseToWait(error: unknown): never {
  const isBusy = databaseErrorOf(error)?.code === sqlStates.lockNotAvailable
  throw isBusy ? new TrailBusy('an audit write is still open') : error
}
