/**
 * The NDJSON of an export, one record per line, in this order:
 *
 *   header      the request: filters and range
 *   checkpoint  (each) every checkpoint from the first one needed to the newest; in a complete export with its leaves
 *   removal, erasure   statements that the events of that checkpoint need
 *   event       the events of that checkpoint; in a selection each with its proof of inclusion
 *   erasure     statements that unsealed events need
 *   event       the unsealed events, after the last checkpoint
 *   manifest    signed: how many lines and events there are, and the hash over all lines before
 *
 * A complete export proves that nothing is missing. A selection (filtered) proves that each event is as it was
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
  /** The filters of the selection. */
  filters: jsonObject,
  exported_at: z.string(),
})

export const exportRecord = z.discriminatedUnion('record', [
  exportHeader,
  z.strictObject({
    record: z.literal('checkpoint'),
    ...signed,
    /** Only in complete exports, for checkpoints whose events are included. */
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
  /** Number of lines before the manifest, including the header. */
  lines: z.int().positive(),
  events: z.int().nonnegative(),
  lines_hash: hash,
})

/** The hash before the first line. */
export const emptyLinesHash = 'A'.repeat(43)

/** The hash over all lines up to `line` (without its line feed): small enough to keep in the job's state. */
export const extendLinesHash = (previous: string, line: string): Promise<string> => digestOf(previous + line)
