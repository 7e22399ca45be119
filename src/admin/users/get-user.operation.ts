import { z } from '@hono/zod-openapi'
import { firstRow } from '../../db/json-row.ts'
import { readAt } from '../../evidence/past-state/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { toPastUser, toUser, userParams, userSchema } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { selectUser, userRow } from './user.store.ts'

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
  query: z.object({ at: timestampInput('As it was at this time').optional() }),
  answers: { 200: { description: 'The account', schema: userSchema, versioned: true } },
  async run({ db, params, query }) {
    if (query.at === undefined) {
      const user = firstRow(userRow, await db.run(selectUser(params.user_id)))
      return user ? answer(200, toUser(user), { version: user.version }) : err(notFound)
    }
    const past = await readAt(db, {
      ...{ entityType: 'user', entityId: params.user_id, at: query.at },
      select: selectUser(params.user_id),
    })
    return past ? answer(200, toPastUser(past)) : err(notFound)
  },
})
