import { z } from '@hono/zod-openapi'
import { timestamp, uuid } from '../../kit/field-schemas.ts'
import { userParams } from '../../users/account.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseUnknownUser } from './user.store.ts'

const rememberedDevice = z
  .object({
    remembered_id: uuid('The remembered device'),
    remembered_at: timestamp('When the person asked for it, after the second factor'),
    expires_at: timestamp(
      'Until when at the latest; the setting `sign_in.remember_device_days` may end it sooner',
    ),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
  })
  .openapi('RememberedDevice')

const iso = (at: number): string => new Date(at).toISOString()

export const listRememberedDevices = defineOperation({
  id: 'listRememberedDevices',
  method: 'get',
  path: '/admin/users/{user_id}/remembered-devices',
  tag: 'Users',
  summary: 'List the remembered devices of a user',
  description: 'Browsers at which the person is not asked for the second factor again.',
  permission: 'admin:sessions:read',
  params: userParams,
  answers: {
    200: {
      description: 'The newest first; there are at most 20',
      schema: z.object({ items: z.array(rememberedDevice) }).openapi('RememberedDeviceList'),
    },
  },
  async run({ db, deps, now, params: { user_id } }) {
    await db.run(refuseUnknownUser(user_id))
    const devices = await deps.sessionsOf(user_id).listRememberedDevices({ now })
    const items = devices.map((found) => ({
      remembered_id: found.remembered_id,
      remembered_at: iso(found.remembered_at),
      expires_at: iso(found.expires_at),
      ip: found.ip ?? null,
      user_agent: found.user_agent ?? null,
    }))
    return answer(200, { items })
  },
})
