import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { readAt } from '../../evidence/past-state/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { resourceServerRow } from './scope-rows.store.ts'
import { resourceParam, resourceServerSchema, toResourceServer } from './scope-schemas.ts'

export const getResourceServer = defineOperation({
  id: 'getResourceServer',
  method: 'get',
  path: '/admin/resource-servers/{resource}',
  tag: 'Scopes',
  summary: 'Read a resource server',
  description:
    'With `at`: as it was then, rebuilt from the audit trail, also after it was deleted; without ETag and `updated_at`.',
  permission: 'admin:scopes:read',
  params: resourceParam,
  query: z.object({ at: timestampInput('As it was at this time').optional() }),
  answers: { 200: { description: 'The resource server', schema: resourceServerSchema, versioned: true } },
  async run({ db, params: { resource }, query: { at } }) {
    const select = sql`select ${resourceServerRow.json} as row from resource_servers where resource = ${resource}`
    if (at !== undefined) {
      const thing = { entityType: 'resource_server', entityId: resource }
      const past = await readAt(db, { ...thing, select, at })
      if (!past) return err(notFound)
      const { updated_at: _now, ...server } = toResourceServer({
        ...resourceServerRow.read(past),
        updated_at: new Date(at),
      })
      return answer(200, server)
    }
    const found = firstRow(resourceServerRow, await db.run(select))
    return found ? answer(200, toResourceServer(found), { version: found.version }) : err(notFound)
  },
})
