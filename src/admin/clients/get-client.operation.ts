import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { changesSince, toPastChanges } from '../../audit/state-at.store.ts'
import { stateAt } from '../../audit/state-at.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { timestampInput } from '../schemas.ts'
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
    const current = sql`select to_jsonb(clients) as client from clients where client_id = ${client_id}`
    if (at === undefined) {
      const [row] = await db.run<{ client: ClientRow }>(current)
      return row ? answer(200, toClientView(row.client), { version: row.client.version }) : err(notFound)
    }
    const [rows, changes] = await db.runAll([current, changesSince('client', client_id, at)])
    const past = stateAt(rows?.[0]?.['client'] as ClientRow | undefined, toPastChanges(changes ?? []))
    if (!past) return err(notFound)
    const { updated_at: _now, ...view } = toClientView({ ...(past as ClientRow), updated_at: at })
    return answer(200, view)
  },
})
