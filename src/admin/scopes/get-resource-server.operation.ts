import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import {
  type ResourceServerRow,
  resourceParam,
  resourceServerSchema,
  toResourceServer,
} from './scope-schemas.ts'

export const getResourceServer = defineOperation({
  id: 'getResourceServer',
  method: 'get',
  path: '/admin/resource-servers/{resource}',
  tag: 'Scopes',
  summary: 'Read a resource server',
  permission: 'admin:scopes:read',
  params: resourceParam,
  answers: { 200: { description: 'The resource server', schema: resourceServerSchema, versioned: true } },
  async run({ db, params }) {
    const [row] = await db.run<{ server: ResourceServerRow }>(
      sql`select to_jsonb(resource_servers) as server from resource_servers where resource = ${params.resource}`,
    )
    return row ? answer(200, toResourceServer(row.server), { version: row.server.version }) : err(notFound)
  },
})
