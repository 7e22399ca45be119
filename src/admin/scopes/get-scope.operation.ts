import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { type ScopeRow, scopeParam, scopeSchema, toScope } from './scope-schemas.ts'

export const getScope = defineOperation({
  id: 'getScope',
  method: 'get',
  path: '/admin/scopes/{name}',
  tag: 'Scopes',
  summary: 'Read a scope',
  permission: 'admin:scopes:read',
  params: scopeParam,
  answers: { 200: { description: 'The scope', schema: scopeSchema, versioned: true } },
  async run({ db, params }) {
    const [row] = await db.run<{ scope: ScopeRow }>(
      sql`select to_jsonb(scopes) as scope from scopes where name = ${params.name}`,
    )
    return row ? answer(200, toScope(row.scope), { version: row.scope.version }) : err(notFound)
  },
})
