import { z } from '@hono/zod-openapi'
import { eventFilterFields, searchWords } from '../../audit/search/event-filter.ts'
import { defineOperation } from '../operation.ts'
import { answerPage, eventPage, eventPageQuery } from './answer-page.store.ts'

export const searchAuditEvents = defineOperation({
  id: 'searchAuditEvents',
  method: 'get',
  path: '/admin/audit/search',
  tag: 'Audit',
  summary: 'Search the audit trail',
  description: 'Words in any field, together with all filters of the list.',
  permission: 'admin:audit:read',
  query: z.object({ q: searchWords, ...eventPageQuery, ...eventFilterFields }),
  answers: { 200: { description: 'A page of events', schema: eventPage } },
  run: ({ db, query: { q, limit, cursor, include_total, order, ...filter } }) =>
    answerPage(db, { filter, words: q, order, limit, cursor, include_total }),
})
