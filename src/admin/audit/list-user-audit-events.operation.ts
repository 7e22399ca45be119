import { z } from '@hono/zod-openapi'
import { eventFilterFields } from '../../audit/search/event-filter.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { defineOperation } from '../operation.ts'
import { answerPage, eventPage, eventPageQuery } from './answer-page.store.ts'

const { user_id: _, ...filters } = eventFilterFields

export const listUserAuditEvents = defineOperation({
  id: 'listUserAuditEvents',
  method: 'get',
  path: '/admin/audit/users/{user_id}',
  tag: 'Audit',
  summary: 'List what concerns a person',
  description:
    'Also of people whose account is deleted: the trail outlives them. Unknown ids have no events.',
  permission: 'admin:audit:read',
  params: z.object({ user_id: uuid('The person') }),
  query: z.object({ ...eventPageQuery, ...filters }),
  answers: { 200: { description: 'A page of events', schema: eventPage } },
  run: ({ db, params, query: { limit, cursor, include_total, order, ...filter } }) =>
    answerPage(db, { filter: { ...filter, user_id: params.user_id }, order, limit, cursor, include_total }),
})
