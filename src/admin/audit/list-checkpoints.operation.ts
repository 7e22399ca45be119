import { sql } from 'drizzle-orm'
import { builtRow } from '../../db/json-row.ts'
import { checkpointMembers } from '../../evidence/evidence.store.ts'
import { hashCheckpoint } from '../../evidence/format/checkpoint.ts'
import { defineList } from '../define-list.store.ts'
import { byPosition, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { checkpointSchema } from './checkpoint-view.ts'

export const listAuditCheckpoints = defineList({
  id: 'listAuditCheckpoints',
  path: '/admin/audit/checkpoints',
  tag: 'Audit',
  summary: 'List the signed checkpoints of the audit trail',
  description:
    'Newest first. The hash of the newest, kept somewhere else, is an anchor for every later verification.',
  permission: 'admin:audit:read',
  page: { description: 'A page of checkpoints', schema: pageOf('AuditCheckpointPage', checkpointSchema) },
  cursors: 'audit-checkpoints',
  table: sql`audit_checkpoints as checkpoint`,
  key: [byPosition(sql`checkpoint.sequence`)],
  orders: keyOrder('desc'),
  row: builtRow(sql`jsonb_build_object(${checkpointMembers})`, checkpointSchema.omit({ hash: true })),
  view: async (checkpoint) => ({ ...checkpoint, hash: await hashCheckpoint(checkpoint.jws) }),
})
