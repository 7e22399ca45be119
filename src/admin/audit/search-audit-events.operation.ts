import { z } from '@hono/zod-openapi'
import { eventFilterFields, searchText } from '../../audit/search/event-filter.ts'
import { defineOperation } from '../operation.ts'
import { answerPage, eventPage, eventPageQuery } from './answer-page.store.ts'

export const searchAuditEvents = defineOperation({
  id: 'searchAuditEvents',
  method: 'get',
  path: '/admin/audit/search',
  tag: 'Audit',
  summary: 'Search the audit trail',
  description:
    'Full-text search, together with all filters of the list. It does not look at the events of every token request (`token.issued`, `token.refreshed`, `token.replayed`): find those by person, client, session or time in the list.',
  permission: 'admin:audit:read',
  query: z.object({ q: searchText, ...eventPageQuery, ...eventFilterFields }),
  answers: { 200: { description: 'A page of events', schema: eventPage } },
  run: ({ db, query: { q, limit, cursor, include_total, order, ...filter } }) =>
    answerPage(db, { filter, q, order, limit, cursor, include_total }),
})
