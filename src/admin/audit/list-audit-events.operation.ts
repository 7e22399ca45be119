import { z } from '@hono/zod-openapi'
import { eventFilterFields } from '../../audit/search/event-filter.ts'
import { defineOperation } from '../operation.ts'
import { answerPage, eventPage, eventPageQuery } from './answer-page.store.ts'

export const listAuditEvents = defineOperation({
  id: 'listAuditEvents',
  method: 'get',
  path: '/admin/audit/events',
  tag: 'Audit',
  summary: 'List events of the audit trail',
  description: 'In the order in which they were recorded. All filters must match.',
  permission: 'admin:audit:read',
  query: z.object({ ...eventPageQuery, ...eventFilterFields }),
  answers: { 200: { description: 'A page of events', schema: eventPage } },
  run: ({ db, query: { limit, cursor, include_total, order, ...filter } }) =>
    answerPage(db, { filter, order, limit, cursor, include_total }),
})
