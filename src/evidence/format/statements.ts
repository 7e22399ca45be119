/**
 * Statements explain what is missing on purpose: events removed by retention, and personal data erased for a user.
 * They are signed, because anyone who can delete rows could also write a row: without our key nobody can make a
 * gap that verifies.
 */
import { z } from 'zod'
import { isHash } from './digest.ts'
import { openRecord, type SignedRecord } from './signed-record.ts'

const index = z.int().nonnegative()

export const removalClaims = z.strictObject({
  iss: z.string(),
  iat: z.int(),
  /** The checkpoint that sealed the events, and its root, so that this statement fits no other checkpoint. */
  sequence: z.int().positive(),
  merkle_root: z.string().refine(isHash),
  /** Leaves whose events were removed: [first, last] pairs, counted from 0. */
  removed: z.array(z.tuple([index, index])).min(1),
  /** The retention class that expired. */
  event_class: z.string(),
})

export const erasureClaims = z.strictObject({
  iss: z.string(),
  iat: z.int(),
  /** The user whose data were erased. */
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
