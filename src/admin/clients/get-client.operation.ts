import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { readAt } from '../../evidence/past-state/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { clientRow } from './client-row.store.ts'
import { clientIdParam, clientSchema } from './client-schemas.ts'
import { toClientView } from './client-view.ts'

export const getClient = defineOperation({
  id: 'getClient',
  method: 'get',
  path: '/admin/clients/{client_id}',
  tag: 'Clients',
  summary: 'Read a client',
  description:
    'With `at`: as it was then, rebuilt from the audit trail, also after it was deleted. Without an ETag then.',
  permission: 'admin:clients:read',
  params: clientIdParam,
  query: z.object({ at: timestampInput('As it was at this time').optional() }),
  answers: { 200: { description: 'The client', schema: clientSchema, versioned: true } },
  async run({ db, params: { client_id }, query: { at } }) {
    const select = sql`select ${clientRow.json} as row from clients where client_id = ${client_id}`
    if (at === undefined) {
      const found = firstRow(clientRow, await db.run(select))
      return found ? answer(200, toClientView(found), { version: found.version }) : err(notFound)
    }
    const past = await readAt(db, { entityType: 'client', entityId: client_id, select, at })
    if (!past) return err(notFound)
    const { updated_at: _now, ...view } = toClientView({ ...clientRow.read(past), updated_at: new Date(at) })
    return answer(200, view)
  },
})
