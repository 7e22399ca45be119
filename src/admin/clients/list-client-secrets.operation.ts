import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { checkRows } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { clientIdParam, secretSchema } from './client-schemas.ts'

const time = z.coerce.date().transform((date) => date.toISOString())
const secretsRow = z.object({
  secrets: z.array(z.object({ id: z.string(), created_at: time, expires_at: time.nullable() })),
})

export const listClientSecrets = defineOperation({
  id: 'listClientSecrets',
  method: 'get',
  path: '/admin/clients/{client_id}/secrets',
  tag: 'Clients',
  summary: 'List the secrets of a client',
  description: 'When they were made and when they end; never the secrets or their hashes.',
  permission: 'admin:clients:read',
  params: clientIdParam,
  answers: {
    200: {
      description: 'All secrets, the newest first',
      schema: z.object({ items: z.array(secretSchema) }).openapi('ClientSecretList'),
    },
  },
  async run({ db, params: { client_id } }) {
    const rows = await db.run(sql`
      select (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'created_at', created_at,
          'expires_at', expires_at) order by created_at desc, id), '[]')
        from client_secrets where client_id = clients.client_id) as secrets
      from clients where client_id = ${client_id}`)
    const [row] = checkRows(secretsRow, rows)
    return row ? answer(200, { items: row.secrets }) : err(notFound)
  },
})
