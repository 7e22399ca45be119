import { z } from '@hono/zod-openapi'
import { uuid } from '../../kit/field-schemas.ts'
import { defineEventList } from './event-list.store.ts'

export const listUserAuditEvents = defineEventList({
  id: 'listUserAuditEvents',
  path: '/admin/audit/users/{user_id}',
  summary: 'List events about a user',
  description:
    'Also of people whose account is deleted: the trail outlives them. Unknown ids have no events.',
  params: z.object({ user_id: uuid('The person') }),
  decided: { user_id: 'user_id' },
})
