import { z } from '@hono/zod-openapi'
import { changesSince, toPastChanges } from '../../audit/state-at.store.ts'
import { stateAt } from '../../audit/state-at.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { timestampInput } from '../schemas.ts'
import { selectUser } from './user.store.ts'
import { toPastUser, toUser, type UserRow, userParams, userSchema } from './user.ts'

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
      const [row] = await db.run<{ user: UserRow }>(selectUser(params.user_id))
      return row ? answer(200, toUser(row.user), { version: row.user.version }) : err(notFound)
    }
    const at = new Date(query.at).toISOString()
    const [found, changes] = await db.runAll([
      selectUser(params.user_id),
      changesSince('user', params.user_id, at),
    ])
    const current = found?.[0]?.['user'] as UserRow | undefined
    const past = stateAt(current, toPastChanges(changes ?? [])) as UserRow | undefined
    // Accounts from before the trail have no event of their creation.
    if (!past || Date.parse(past.created_at) > Date.parse(at)) return err(notFound)
    return answer(200, toPastUser(past))
  },
})
