import { z } from '@hono/zod-openapi'
import { timestamp, uuid } from '../../kit/field-schemas.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseUnknownUser } from './user.store.ts'

const session = z
  .object({
    session_id: uuid('The session'),
    created_at: timestamp('When the person signed in on this browser'),
    last_seen_at: timestamp('When it was last used, to the minute or so'),
    expires_at: timestamp('When it ends if it is not used'),
    auth_time: timestamp('When the person last proved who they are'),
    acr: z.string(),
    amr: z.array(z.string()),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
  })
  .openapi('UserSession')

const iso = (at: number): string => new Date(at).toISOString()

export const listUserSessions = defineOperation({
  id: 'listUserSessions',
  method: 'get',
  path: '/admin/users/{user_id}/sessions',
  tag: 'Users',
  summary: 'List the sessions of a user',
  description: 'Where the person is signed in now, and since when.',
  permission: 'admin:sessions:read',
  params: userParams,
  answers: {
    200: {
      description: 'Live sessions, the last used one first; there are at most 100',
      schema: z.object({ items: z.array(session) }).openapi('UserSessionList'),
    },
  },
  async run({ db, deps, now, params: { user_id } }) {
    await db.run(refuseUnknownUser(user_id))
    const sessions = await deps.sessionsOf(user_id).listSessions({ now })
    const items = sessions.map((found) => ({
      session_id: found.session_id,
      created_at: iso(found.created_at),
      last_seen_at: iso(found.last_seen_at),
      expires_at: iso(found.expires_at),
      auth_time: iso(found.auth_time),
      acr: found.acr,
      amr: [...found.amr],
      ip: found.ip ?? null,
      user_agent: found.user_agent ?? null,
    }))
    return answer(200, { items })
  },
})
