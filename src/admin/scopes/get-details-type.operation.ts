import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { detailsTypeParam, detailsTypeSchema, toDetailsType } from './details-type-schemas.ts'
import { authorizationDetailsTypeRow } from './scope-rows.store.ts'

export const getDetailsType = defineOperation({
  id: 'getAuthorizationDetailsType',
  method: 'get',
  path: '/admin/authorization-details-types/{type}',
  tag: 'Scopes',
  summary: 'Read a type of authorization details',
  description: 'With the JSON Schema that requests are checked by.',
  permission: 'admin:scopes:read',
  params: detailsTypeParam,
  answers: { 200: { description: 'The type', schema: detailsTypeSchema, versioned: true } },
  async run({ db, params: { type } }) {
    const found = firstRow(
      authorizationDetailsTypeRow,
      await db.run(
        sql`select ${authorizationDetailsTypeRow.json} as row from authorization_details_types where type = ${type}`,
      ),
    )
    return found ? answer(200, toDetailsType(found), { version: found.version }) : err(notFound)
  },
})
