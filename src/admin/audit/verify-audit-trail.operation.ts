import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { isErasureProof } from '../../audit/erasure-proof.ts'
import { selectSegments, selectSigners } from '../../evidence/evidence.store.ts'
import type { StoredSegment } from '../../evidence/evidence-row.ts'
import { openCheckpoint } from '../../evidence/format/checkpoint.ts'
import { verifyTrail } from '../../evidence/verify-trail.ts'
import { wholeNumber } from '../../kit/field-schemas.ts'
import { answer, defineOperation } from '../operation.ts'

/** About half a CPU second and a few megabytes. */
const maxCheckpoints = 20

export const verifyAuditTrail = defineOperation({
  id: 'verifyAuditTrail',
  method: 'get',
  path: '/admin/audit/verify',
  tag: 'Audit',
  summary: 'Compare events with their checkpoints',
  description:
    'A check of the server by itself, some checkpoints at a time: go on with `next_sequence`. Who doubts the server exports the trail and runs `authly audit verify`.',
  permission: 'admin:audit:read',
  query: z.object({
    from_sequence: wholeNumber({
      ...{ minimum: 1, maximum: 2 ** 40, default: 1 },
      description: 'First checkpoint to check',
    }),
    limit: wholeNumber({
      ...{ minimum: 1, maximum: maxCheckpoints, default: 10 },
      description: 'How many checkpoints',
    }),
  }),
  answers: {
    200: {
      description: 'What was found',
      schema: z
        .object({
          intact: z.boolean(),
          problems: z.array(z.record(z.string(), z.unknown())).openapi({
            description: 'At most 200',
            example: [{ code: 'event_changed', sequence: 2, position: 1042 }],
          }),
          events: z.number().int().openapi({ description: 'Events that were checked' }),
          removed: z.number().int().openapi({ description: 'Events removed by retention, each explained' }),
          last_sequence: z.number().int().nullable(),
          last_hash: z
            .string()
            .nullable()
            .openapi({ description: 'Hash of the last checkpoint that was checked' }),
          next_sequence: z
            .number()
            .int()
            .nullable()
            .openapi({ description: 'Where to go on; null at the end' }),
        })
        .openapi('AuditTrailCheck'),
    },
  },
  async run({ db, deps, query: { from_sequence, limit } }) {
    const [[before] = [], rows = [], signers = []] = await db.runAll([
      sql`select signature as jws, public_jwk from audit_checkpoints where sequence = ${from_sequence - 1}`,
      selectSegments(from_sequence, limit + 1),
      selectSigners,
    ])
    const found = rows.map((row) => row['segment'] as StoredSegment)
    const segments = found.slice(0, limit)
    const check = await verifyTrail(
      {
        keyring: deps.keyring,
        signers: signers.map((row) => row['public_jwk'] as object),
        issuer: deps.config.issuer,
        isErasureProof: (userId, proof) => isErasureProof(deps.root, userId, proof),
        isEnd: found.length <= limit,
      },
      before && (await openCheckpoint(before as { jws: string; public_jwk: Record<string, unknown> })),
      segments,
      from_sequence,
    )
    return answer(200, {
      intact: check.problems.length === 0,
      problems: check.problems.slice(0, 200).map((problem) => ({ ...problem })),
      events: check.events,
      removed: check.removed,
      last_sequence: segments.at(-1)?.sequence ?? null,
      last_hash: check.last_hash ?? null,
      next_sequence: found.length > limit ? (found[limit]?.sequence ?? null) : null,
    })
  },
})
