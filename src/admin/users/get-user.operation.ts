import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { readAt } from '../../evidence/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { readUser, toPastUser, toUser, userParams, userSchema } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { selectUser } from './user.store.ts'

export const getUser = defineOperation({
  id: 'getUser',
  method: 'get',
  path: '/admin/users/{user_id}',
  tag: 'Users',
  summary: 'Read an account',
  description:
    'With `at`: as it was then, rebuilt from the audit trail, without ETag, credentials and `updated_at`. 404 when it did not exist then or its past was erased.',
  permission: 'admin:users:read',
  params: userParams,
  query: z.object({ at: timestampInput('A past time').optional() }),
  answers: { 200: { description: 'The account', schema: userSchema, versioned: true } },
  async run({ db, params, query }) {
    if (query.at === undefined) {
      const [row] = await db.run(selectUser(params.user_id))
      if (!row) return err(notFound)
      const user = readUser(row['user'])
      return answer(200, toUser(user), { version: user.version })
    }
    const past = await readAt(db, {
      ...{ entityType: 'user', entityId: params.user_id, at: query.at },
      select: sql`select "user" as row from (${selectUser(params.user_id)}) as found`,
    })
    return past ? answer(200, toPastUser(past)) : err(notFound)
  },
})
