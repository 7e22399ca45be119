import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { checkpointMembers } from '../../evidence/evidence.store.ts'
import type { StoredCheckpoint } from '../../evidence/evidence-row.ts'
import { hashCheckpoint } from '../../evidence/format/checkpoint.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { checkpointSchema } from './checkpoint.ts'

const list = 'audit-checkpoints'

export const listAuditCheckpoints = defineOperation({
  id: 'listAuditCheckpoints',
  method: 'get',
  path: '/admin/audit/checkpoints',
  tag: 'Audit',
  summary: 'List the signed checkpoints of the audit trail',
  description:
    'Newest first. The hash of the newest, kept somewhere else, is an anchor for every later verification.',
  permission: 'admin:audit:read',
  query: z.object(pageQuery),
  answers: {
    200: { description: 'A page of checkpoints', schema: pageOf('AuditCheckpointPage', checkpointSchema) },
  },
  async run({ db, query: { limit, cursor, include_total } }) {
    const place = cursor === undefined ? undefined : decodeCursor(list, cursor, ['position'])
    const [before] = place ?? []
    if (cursor !== undefined && !place) {
      return err(invalidRequest([{ parameter: 'cursor', detail: 'is no cursor of this list' }]))
    }
    const [rows = [], [counted] = []] = await db.runAll([
      sql`select jsonb_build_object(${checkpointMembers}) as checkpoint from audit_checkpoints as checkpoint
          where ${before === undefined ? sql`true` : sql`sequence < ${before}`}
          order by sequence desc limit ${limit + 1}`,
      ...(include_total ? [sql`select count(*)::int as count from audit_checkpoints`] : []),
    ])
    const found = (rows as readonly { checkpoint: StoredCheckpoint }[]).map((row) => row.checkpoint)
    const total = counted?.['count'] as number | undefined
    const page = toPage(found, limit, ({ sequence }) => encodeCursor(list, [sequence]), total)
    const items = await Promise.all(
      page.items.map(async (checkpoint) => ({
        ...checkpoint,
        public_jwk: { ...checkpoint.public_jwk },
        hash: await hashCheckpoint(checkpoint.jws),
      })),
    )
    return answer(200, { items, page_info: page.page_info })
  },
})
