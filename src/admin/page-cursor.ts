/**
 * Cursors of keyset pages: where the last item of a page stood in the order. Opaque and bound to the query they
 * came from, so that a cursor of one list cannot be used in another and mean something else.
 */

import { decodeText, encodeText } from '../kit/base64url.ts'
import { isInstant } from '../kit/clock.ts'
import { uuidPattern } from '../kit/patterns.ts'
import { isStorable } from '../kit/storable.ts'

/** Values of what the list is sorted by, of the last item; the last ones are its key. */
export type CursorValues = readonly (string | number | null)[]

/** @param query names the list and its order, e.g. `users:created_at:desc` */
export const encodeCursor = (query: string, values: CursorValues): string =>
  encodeText(JSON.stringify([query, ...values]))

/** What stands at a place of a cursor, as Postgres takes it. Anybody can write a cursor: it is not secret. */
const kinds = {
  uuid: (value: unknown): value is string => typeof value === 'string' && uuidPattern.test(value),
  text: (value: unknown): value is string => typeof value === 'string' && isStorable(value),
  /** As `to_jsonb` writes a timestamptz: with microseconds. */
  time: (value: unknown): value is string => typeof value === 'string' && isInstant(value),
  position: (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
}

export type CursorKind = keyof typeof kinds

/** The values, or undefined for anything that is no cursor of `query` with values of just these kinds. */
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
