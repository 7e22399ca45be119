import { defineEventList } from './event-list.store.ts'

export const listAuditEvents = defineEventList({
  id: 'listAuditEvents',
  path: '/admin/audit/events',
  summary: 'List events of the audit trail',
  description: 'In the order in which they were recorded. All filters must match.',
})
