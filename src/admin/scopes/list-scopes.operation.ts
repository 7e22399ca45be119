import { scopes } from '../../db/schema.ts'
import { defineList } from '../define-list.store.ts'
import { allOf, equal } from '../list-filter.store.ts'
import { byText, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { scopeRow } from './scope-rows.store.ts'
import { resourceParameter, scopeSchema, toScope } from './scope-schemas.ts'

export const listScopes = defineList({
  id: 'listScopes',
  path: '/admin/scopes',
  tag: 'Scopes',
  summary: 'List scopes',
  description: 'In the order of their names. `built_in` marks those of the server itself.',
  permission: 'admin:scopes:read',
  page: { description: 'Scopes by name', schema: pageOf('ScopePage', scopeSchema) },
  cursors: 'scopes',
  table: scopes,
  key: [byText(scopes.name)],
  orders: keyOrder('asc'),
  filters: allOf({
    resource: equal(resourceParameter('Scopes of this resource server'), scopes.resource),
  }),
  row: scopeRow,
  view: toScope,
})
