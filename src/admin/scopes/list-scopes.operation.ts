import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { type ScopeRow, scopeSchema, toScope } from './scope-schemas.ts'

const listName = 'scopes'

export const listScopes = defineOperation({
  id: 'listScopes',
  method: 'get',
  path: '/admin/scopes',
  tag: 'Scopes',
  summary: 'List scopes',
  permission: 'admin:scopes:read',
  query: z.object({
    ...pageQuery,
    resource: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .openapi({ description: 'Scopes of this resource server', example: 'https://api.example.com' }),
  }),
  answers: { 200: { description: 'Scopes by name', schema: pageOf('ScopePage', scopeSchema) } },
  async run({ db, query: { limit, cursor, include_total, resource } }) {
    const after = cursor === undefined ? [''] : decodeCursor(listName, cursor, ['text'])
    if (!after) {
      return err(invalidRequest([{ parameter: 'cursor', detail: 'is not a cursor of this list' }]))
    }
    const where = resource === undefined ? sql`true` : sql`resource = ${resource}`
    const [rows, totals] = await db.runAll([
      sql`select to_jsonb(scopes) as scope from scopes where ${where} and name > ${after[0]}
        order by name limit ${limit + 1}`,
      ...(include_total ? [sql`select count(*)::int as total from scopes where ${where}`] : []),
    ])
    const scopes = (rows ?? []).map((row) => row['scope'] as ScopeRow)
    const total = totals?.[0]?.['total'] as number | undefined
    const page = toPage(scopes, limit, ({ name }) => encodeCursor(listName, [name]), total)
    return answer(200, { ...page, items: page.items.map(toScope) })
  },
})
