import { initialAccessTokens } from '../../db/schema.ts'
import { defineList } from '../define-list.store.ts'
import { allOf } from '../list-filter.store.ts'
import { byTime, byUuid, sortedBy } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { initialAccessTokenSchema, toInitialAccessToken } from './initial-access-token.ts'
import { initialAccessTokenRow } from './initial-access-token-row.store.ts'

export const listInitialAccessTokens = defineList({
  id: 'listInitialAccessTokens',
  path: '/admin/initial-access-tokens',
  tag: 'Clients',
  summary: 'List the tokens for registering clients',
  description: 'Those that are spent or expired too; never the tokens or their hashes. The newest first.',
  permission: 'admin:clients:read',
  page: {
    description: 'A page of tokens',
    schema: pageOf('InitialAccessTokenPage', initialAccessTokenSchema),
  },
  cursors: 'initial-access-tokens',
  table: initialAccessTokens,
  key: [byUuid(initialAccessTokens.id)],
  orders: sortedBy({ created_at: byTime(initialAccessTokens.created_at) }, '-created_at'),
  filters: allOf({}),
  row: initialAccessTokenRow,
  view: toInitialAccessToken,
})
