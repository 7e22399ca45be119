/**
 * Statements explain what is gone on purpose: events removed by retention, personal data erased for a person.
 * They are signed, because a row alone could be written by whoever can also delete rows: without our key nobody
 * makes a hole that verifies.
 */
import { z } from 'zod'
import { isHash } from './digest.ts'
import { openRecord, type SignedRecord } from './signed-record.ts'

const index = z.int().nonnegative()

export const removalClaims = z.strictObject({
  iss: z.string(),
  iat: z.int(),
  /** The checkpoint the events were sealed in, and its root, so that no other checkpoint can borrow this. */
  sequence: z.int().positive(),
  merkle_root: z.string().refine(isHash),
  /** Leaves whose events are gone: [first, last] pairs, counted from 0. */
  removed: z.array(z.tuple([index, index])).min(1),
  /** The retention class whose time was over. */
  event_class: z.string(),
})

export const erasureClaims = z.strictObject({
  iss: z.string(),
  iat: z.int(),
  /** The person whose data were erased. */
  user_id: z.string(),
})

export interface Statement<Claims> {
  readonly claims: Claims
  readonly kid: string
}

export const openRemoval = (record: SignedRecord) => open('removal', removalClaims, record)
export const openErasure = (record: SignedRecord) => open('erasure', erasureClaims, record)

async function open<Claims>(
  type: 'removal' | 'erasure',
  schema: z.ZodType<Claims>,
  record: SignedRecord,
): Promise<Statement<Claims> | undefined> {
  const opened = await openRecord(type, record)
  const claims = schema.safeParse(opened?.payload)
  return opened && claims.success ? { claims: claims.data, kid: opened.kid } : undefined
}

/** Sorted indexes as [first, last] pairs. */
export function toRanges(sorted: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const value of sorted) {
    const last = ranges.at(-1)
    if (last && last[1] + 1 === value) last[1] = value
    else ranges.push([value, value])
  }
  return ranges
}
