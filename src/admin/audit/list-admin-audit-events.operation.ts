import { z } from '@hono/zod-openapi'
import { id } from '../../audit/stream/stream-query.ts'
import { defineEventList } from './event-list.store.ts'

export const listAdminAuditEvents = defineEventList({
  id: 'listAdminAuditEvents',
  path: '/admin/audit/admins/{admin_id}',
  summary: 'List events caused by an administrator or a service account',
  description: 'Everything this person, or this client for itself, did. Unknown ids did nothing.',
  params: z.object({ admin_id: id('User id or client id').unwrap() }),
  decided: { actor_id: 'admin_id' },
})
