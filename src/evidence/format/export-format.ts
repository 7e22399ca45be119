/**
 * The NDJSON of an export, one record a line, in this order:
 *
 *   header      what was asked for
 *   checkpoint  (each) every checkpoint from the first one needed to the newest; in a whole export with its leaves
 *   removal, erasure   statements the events of that checkpoint need
 *   event       the events of that checkpoint; in a selection each with its proof of inclusion
 *   erasure     statements that events not sealed yet need
 *   event       those not sealed yet, after the last checkpoint
 *   manifest    signed: how many lines and events there are, and the hash over all lines before
 *
 * A whole export proves that nothing is missing. A selection (filtered) proves of each event that it is as it was
 * sealed, and by the manifest that this is what the server found.
 */
import { z } from 'zod'
import { digestOf, isHash } from './digest.ts'
import { evidenceEventSchema, jsonObject } from './evidence-event.ts'

export const exportFormat = 'authly-audit-export/1'

const hash = z.string().refine(isHash)
const signed = { jws: z.string(), public_jwk: jsonObject }

export const exportHeader = z.strictObject({
  record: z.literal('header'),
  format: z.literal(exportFormat),
  issuer: z.string(),
  coverage: z.enum(['whole', 'selection']),
  /** What the selection was made by. */
  filters: jsonObject,
  exported_at: z.string(),
})

export const exportRecord = z.discriminatedUnion('record', [
  exportHeader,
  z.strictObject({
    record: z.literal('checkpoint'),
    ...signed,
    /** Only in whole exports, for checkpoints whose events are included. */
    leaves: z.array(hash).optional(),
  }),
  z.strictObject({ record: z.literal('removal'), ...signed }),
  z.strictObject({ record: z.literal('erasure'), ...signed }),
  z.strictObject({
    record: z.literal('event'),
    event: evidenceEventSchema,
    proof: z.strictObject({ sequence: z.int(), index: z.int(), path: z.array(hash).max(64) }).optional(),
  }),
  z.strictObject({ record: z.literal('manifest'), ...signed }),
])

export type ExportRecord = z.output<typeof exportRecord>

export const manifestClaims = z.strictObject({
  iss: z.string(),
  iat: z.int(),
  /** Lines before the manifest, the header included. */
  lines: z.int().positive(),
  events: z.int().nonnegative(),
  lines_hash: hash,
})

/** Before any line. */
export const emptyLinesHash = 'A'.repeat(43)

/** The hash over all lines up to `line` (without its line feed): small enough to carry from step to step. */
export const extendLinesHash = (previous: string, line: string): Promise<string> => digestOf(previous + line)
