import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { checkRows } from '../../db/json-row.ts'
import { checkpointMembers, evidenceEvent } from '../../evidence/evidence.store.ts'
import { withDigests } from '../../evidence/evidence-row.ts'
import { hashCheckpoint } from '../../evidence/format/checkpoint.ts'
import { evidenceEventSchema } from '../../evidence/format/evidence-event.ts'
import { inclusionProof } from '../../evidence/format/merkle-tree.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { auditEventSchema } from './audit-event.ts'
import { checkpointSchema } from './checkpoint-view.ts'
import { eventRow } from './event-list.store.ts'

const sealSchema = z
  .object({
    evidence: z.record(z.string(), z.unknown()).openapi('AuditEvidence', {
      description: 'The event as it is hashed, with the salts of its digests (docs/audit.md)',
      example: { id: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60', position: 1042 },
    }),
    leaf: z.string().openapi({ description: 'Hash of the event in the tree' }),
    index: z.number().int().openapi({ description: 'Place among the leaves, from 0' }),
    path: z.array(z.string()).openapi({ description: 'Inclusion proof (RFC 6962 §2.1.1)' }),
    checkpoint: checkpointSchema,
  })
  .meta({ 'x-authly-name': 'AuditSeal' })

const digest = z.string().nullable()
const foundRow = z.object({
  event: z.unknown().transform(eventRow.read),
  evidence: z.unknown(),
  checkpoint: checkpointSchema.omit({ hash: true }).nullable(),
  leaves: z.array(z.tuple([z.number(), z.string(), digest, digest])).nullable(),
})
type Found = z.output<typeof foundRow>

export const getAuditEvent = defineOperation({
  id: 'getAuditEvent',
  method: 'get',
  path: '/admin/audit/events/{event_id}',
  tag: 'Audit',
  summary: 'Read an event with the proof that it is unaltered',
  description: '`seal` is null until the next checkpoint: sealing runs every five minutes.',
  permission: 'admin:audit:read',
  params: z.object({ event_id: uuid('The event') }),
  answers: {
    200: {
      description: 'The event and its proof',
      schema: auditEventSchema.extend({ seal: sealSchema.nullable() }).openapi('SealedAuditEvent'),
    },
  },
  async run({ db, params }) {
    const rows = await db.run(sql`
      select ${eventRow.json} as event, ${evidenceEvent} as evidence, seal.checkpoint, seal.leaves
      from audit_events left join lateral (
        select jsonb_build_object(${checkpointMembers}) as checkpoint, leaves from audit_checkpoints as checkpoint
        where checkpoint.last_position >= audit_events.position order by sequence limit 1
      ) as seal on true
      where id = ${params.event_id}::uuid`)
    const [found] = checkRows(foundRow, rows)
    return found ? answer(200, await withProof(found)) : err(notFound)
  },
})

async function withProof({ event, evidence, checkpoint, leaves }: Found) {
  const index = leaves?.findIndex(([position]) => position === event.position) ?? -1
  // An event unknown to its checkpoint was inserted later: it has no proof.
  if (!checkpoint || !leaves || index < 0) return { ...event, seal: null }
  const hashes = leaves.map(([, hash]) => hash)
  return {
    ...event,
    seal: {
      evidence: { ...withDigests([evidenceEventSchema.parse(evidence)], leaves)[0] },
      leaf: hashes[index] as string,
      index,
      path: [...(await inclusionProof(hashes, index))],
      checkpoint: {
        ...checkpoint,
        public_jwk: { ...checkpoint.public_jwk },
        hash: await hashCheckpoint(checkpoint.jws),
      },
    },
  }
}
