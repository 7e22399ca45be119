import { resourceServers } from '../../db/schema.ts'
import { defineList } from '../define-list.store.ts'
import { byText, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { resourceServerRow } from './scope-rows.store.ts'
import { resourceServerSchema, toResourceServer } from './scope-schemas.ts'

export const listResourceServers = defineList({
  id: 'listResourceServers',
  path: '/admin/resource-servers',
  tag: 'Scopes',
  summary: 'List resource servers',
  description: 'In the order of their resource indicators (RFC 8707).',
  permission: 'admin:scopes:read',
  page: {
    description: 'APIs that accept our tokens, by resource indicator',
    schema: pageOf('ResourceServerPage', resourceServerSchema),
  },
  cursors: 'resource-servers',
  table: resourceServers,
  key: [byText(resourceServers.resource)],
  orders: keyOrder('asc'),
  row: resourceServerRow,
  view: toResourceServer,
})
