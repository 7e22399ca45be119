/**
 * Cursors of keyset pages: the position of the last item of a page in the order. Opaque, and bound to their query, so
 * that a cursor of one list cannot be used in another, where it would mean something else.
 */

import { decodeText, encodeText } from '../kit/base64url.ts'
import { isInstant } from '../kit/clock.ts'
import { uuidPattern } from '../kit/patterns.ts'
import { isStorable } from '../kit/storable.ts'

/** The sort values of the last item; the final ones are its key. */
export type CursorValues = readonly (string | number | null)[]

/** @param query names the list and its order, e.g. `users:created_at:desc` */
export const encodeCursor = (query: string, values: CursorValues): string =>
  encodeText(JSON.stringify([query, ...values]))

/** Validators of cursor values, by what Postgres accepts. Anyone can write a cursor: it is not secret. */
const kinds = {
  uuid: (value: unknown): value is string => typeof value === 'string' && uuidPattern.test(value),
  text: (value: unknown): value is string => typeof value === 'string' && isStorable(value),
  /** As `to_jsonb` writes a timestamptz: with microseconds. */
  time: (value: unknown): value is string => typeof value === 'string' && isInstant(value),
  position: (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
}

export type CursorKind = keyof typeof kinds

/** The values; undefined for anything that is not a cursor of `query` with values of exactly these kinds. */
export function decodeCursor(
  query: string,
  cursor: string,
  wanted: readonly CursorKind[],
): CursorValues | undefined {
  try {
    const [from, ...values] = JSON.parse(decodeText(cursor)) as [string, ...CursorValues]
    const isFit = values.length === wanted.length && wanted.every((kind, place) => kinds[kind](values[place]))
    return from === query && isFit ? values : undefined
  } catch {
    return undefined
  }
}
