import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { readAt } from '../../evidence/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { type ClientRow, toClientView } from './client.ts'
import { clientIdParam, clientSchema } from './client-schemas.ts'

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
  query: z.object({ at: timestampInput('A past time').optional() }),
  answers: { 200: { description: 'The client', schema: clientSchema, versioned: true } },
  async run({ db, params: { client_id }, query: { at } }) {
    const select = sql`select to_jsonb(clients) as row from clients where client_id = ${client_id}`
    if (at === undefined) {
      const [found] = await db.run<{ row: ClientRow }>(select)
      return found ? answer(200, toClientView(found.row), { version: found.row.version }) : err(notFound)
    }
    const past = await readAt<ClientRow>(db, { entityType: 'client', entityId: client_id, select, at })
    if (!past) return err(notFound)
    const { updated_at: _now, ...view } = toClientView({ ...past, updated_at: at })
    return answer(200, view)
  },
})
