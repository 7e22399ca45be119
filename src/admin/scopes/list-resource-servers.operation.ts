import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { type ResourceServerRow, resourceServerSchema, toResourceServer } from './scope-schemas.ts'

const listName = 'resource-servers'

export const listResourceServers = defineOperation({
  id: 'listResourceServers',
  method: 'get',
  path: '/admin/resource-servers',
  tag: 'Scopes',
  summary: 'List resource servers',
  permission: 'admin:scopes:read',
  query: z.object(pageQuery),
  answers: {
    200: {
      description: 'APIs that accept our tokens, by resource indicator',
      schema: pageOf('ResourceServerPage', resourceServerSchema),
    },
  },
  async run({ db, query: { limit, cursor, include_total } }) {
    const after = cursor === undefined ? [''] : decodeCursor(listName, cursor, ['text'])
    if (!after) {
      return err(invalidRequest([{ parameter: 'cursor', detail: 'is not a cursor of this list' }]))
    }
    const [rows, totals] = await db.runAll([
      sql`select to_jsonb(resource_servers) as server from resource_servers where resource > ${after[0]}
        order by resource limit ${limit + 1}`,
      ...(include_total ? [sql`select count(*)::int as total from resource_servers`] : []),
    ])
    const servers = (rows ?? []).map((row) => row['server'] as ResourceServerRow)
    const total = totals?.[0]?.['total'] as number | undefined
    const page = toPage(servers, limit, ({ resource }) => encodeCursor(listName, [resource]), total)
    return answer(200, { ...page, items: page.items.map(toResourceServer) })
  },
})
