import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { clientIdParam, secretSchema } from './client-schemas.ts'

interface SecretRow {
  readonly id: string
  readonly created_at: string
  readonly expires_at: string | null
}

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
    const [row] = await db.run<{ secrets: readonly SecretRow[] }>(sql`
      select (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'created_at', created_at,
          'expires_at', expires_at) order by created_at desc, id), '[]')
        from client_secrets where client_id = clients.client_id) as secrets
      from clients where client_id = ${client_id}`)
    if (!row) return err(notFound)
    const items = row.secrets.map(({ id, created_at, expires_at }) => ({
      id,
      created_at: new Date(created_at).toISOString(),
      expires_at: expires_at && new Date(expires_at).toISOString(),
    }))
    return answer(200, { items })
  },
})
