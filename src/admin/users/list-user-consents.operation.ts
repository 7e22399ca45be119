import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { allRows, builtRow } from '../../db/json-row.ts'
import { timestamp } from '../../kit/field-schemas.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseUnknownUser } from './user.store.ts'

/** More applications than anyone allows by hand. */
const largestList = 1000

const consent = z
  .object({
    client_id: z.string(),
    client_name: z.string(),
    scopes: z.array(z.string()),
    claims: z.array(z.string()).describe('Claims asked for one by one (OpenID Connect Core §5.5)'),
    granted_at: timestamp('When the person first agreed'),
    updated_at: timestamp('When they last agreed to more'),
  })
  .openapi('UserConsent')

const time = z.coerce.date().transform((date) => date.toISOString())
const consentRow = builtRow(
  sql`to_jsonb(consents) || jsonb_build_object('client_name', clients.client_name)`,
  consent.extend({ granted_at: time, updated_at: time }),
)

export const listUserConsents = defineOperation({
  id: 'listUserConsents',
  method: 'get',
  path: '/admin/users/{user_id}/consents',
  tag: 'Users',
  summary: 'List the consents of a user',
  description: 'What the person has agreed to, one entry for each application.',
  permission: 'admin:consents:read',
  params: userParams,
  answers: {
    200: {
      description: 'By application',
      schema: z.object({ items: z.array(consent) }).openapi('UserConsentList'),
    },
  },
  async run({ db, params: { user_id } }) {
    const [, rows] = await db.runAll([
      refuseUnknownUser(user_id),
      sql`
        select ${consentRow.json} as row
        from consents join clients using (client_id)
        where consents.user_id = ${user_id}::uuid
        order by consents.client_id limit ${largestList}`,
    ])
    return answer(200, { items: [...allRows(consentRow, rows)] })
  },
})
