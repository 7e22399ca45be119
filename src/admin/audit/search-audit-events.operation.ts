import { searchText } from '../../audit/search/event-filter.ts'
import { defineEventList } from './event-list.store.ts'

export const searchAuditEvents = defineEventList({
  id: 'searchAuditEvents',
  path: '/admin/audit/search',
  summary: 'Search the audit trail',
  description:
    'Full-text search, together with all filters of the list. It does not look at the events of every token request (`token.issued`, `token.refreshed`, `token.replayed`): find those by person, client, session or time in the list.',
  search: { q: searchText },
})
