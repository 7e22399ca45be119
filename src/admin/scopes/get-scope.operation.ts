import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { readAt } from '../../evidence/past-state/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { scopeRow } from './scope-rows.store.ts'
import { scopeParam, scopeSchema, toScope } from './scope-schemas.ts'

export const getScope = defineOperation({
  id: 'getScope',
  method: 'get',
  path: '/admin/scopes/{name}',
  tag: 'Scopes',
  summary: 'Read a scope',
  description:
    'With `at`: as it was then, rebuilt from the audit trail, also after it was deleted; without ETag and `updated_at`.',
  permission: 'admin:scopes:read',
  params: scopeParam,
  query: z.object({ at: timestampInput('As it was at this time').optional() }),
  answers: { 200: { description: 'The scope', schema: scopeSchema, versioned: true } },
  async run({ db, params: { name }, query: { at } }) {
    const select = sql`select ${scopeRow.json} as row from scopes where name = ${name}`
    if (at !== undefined) {
      const past = await readAt(db, { entityType: 'scope', entityId: name, select, at })
      if (!past) return err(notFound)
      const { updated_at: _now, ...scope } = toScope({ ...scopeRow.read(past), updated_at: new Date(at) })
      return answer(200, scope)
    }
    const found = firstRow(scopeRow, await db.run(select))
    return found ? answer(200, toScope(found), { version: found.version }) : err(notFound)
  },
})
