import { z } from '@hono/zod-openapi'
import { eventFilterFields } from '../../audit/search/event-filter.ts'
import { id } from '../../audit/stream/stream-query.ts'
import { defineOperation } from '../operation.ts'
import { answerPage, eventPage, eventPageQuery } from './answer-page.store.ts'

const { actor_id: _, ...filters } = eventFilterFields

export const listAdminAuditEvents = defineOperation({
  id: 'listAdminAuditEvents',
  method: 'get',
  path: '/admin/audit/admins/{admin_id}',
  tag: 'Audit',
  summary: 'List what an administrator or a service account did',
  description: 'Everything this person, or this client for itself, did. Unknown ids did nothing.',
  permission: 'admin:audit:read',
  params: z.object({ admin_id: id('User id or client id').unwrap() }),
  query: z.object({ ...eventPageQuery, ...filters }),
  answers: { 200: { description: 'A page of events', schema: eventPage } },
  run: ({ db, params, query: { limit, cursor, include_total, order, ...filter } }) =>
    answerPage(db, { filter: { ...filter, actor_id: params.admin_id }, order, limit, cursor, include_total }),
})
