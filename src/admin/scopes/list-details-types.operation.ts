import { authorizationDetailsTypes } from '../../db/schema.ts'
import { defineList } from '../define-list.store.ts'
import { allOf, equal } from '../list-filter.store.ts'
import { byText, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { detailsTypeSchema, toDetailsType } from './details-type-schemas.ts'
import { authorizationDetailsTypeRow } from './scope-rows.store.ts'
import { resourceParameter } from './scope-schemas.ts'

export const listDetailsTypes = defineList({
  id: 'listAuthorizationDetailsTypes',
  path: '/admin/authorization-details-types',
  tag: 'Scopes',
  summary: 'List types of authorization details',
  description: 'In the order of their names (RFC 9396).',
  permission: 'admin:scopes:read',
  page: {
    description: 'Types of authorization details, by name',
    schema: pageOf('AuthorizationDetailsTypePage', detailsTypeSchema),
  },
  cursors: 'authorization-details-types',
  table: authorizationDetailsTypes,
  key: [byText(authorizationDetailsTypes.type)],
  orders: keyOrder('asc'),
  filters: allOf({
    resource: equal(resourceParameter('Types of this resource server'), authorizationDetailsTypes.resource),
  }),
  row: authorizationDetailsTypeRow,
  view: toDetailsType,
})
