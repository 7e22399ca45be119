import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { clientIdPattern } from '../../clients/find-client.ts'
import { literalInLike } from '../../db/fragments.ts'
import { clients } from '../../db/schema.ts'
import { idList } from '../../kit/field-schemas.ts'
import { grantTypes } from '../../oauth/grants/index.ts'
import { clientAuthMethodNames } from '../../protocol/client-auth-methods.ts'
import { defineList } from '../define-list.store.ts'
import { allOf, equal, filter, isOneOf } from '../list-filter.store.ts'
import { byText, byTime, sortedBy } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { clientRow } from './client-row.store.ts'
import { clientSchema } from './client-schemas.ts'
import { toClientView } from './client-view.ts'

/** Left out: both are listed. */
const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => (value === undefined ? undefined : value === 'true'))
    .openapi({ description, type: 'boolean', example: true })

const text = (description: string, max: number, example: string) =>
  z.string().min(1).max(max).optional().openapi({ description, example })

const containing = (part: string) => `%${literalInLike(part)}%`

export const listClients = defineList({
  id: 'listClients',
  path: '/admin/clients',
  tag: 'Clients',
  summary: 'List clients',
  description: 'The newest first unless `sort` says otherwise. A client must meet every condition.',
  permission: 'admin:clients:read',
  page: { description: 'A page of clients', schema: pageOf('ClientPage', clientSchema) },
  cursors: 'clients',
  table: clients,
  key: [byText(clients.client_id)],
  orders: sortedBy(
    {
      created_at: byTime(clients.created_at),
      client_name: byText(clients.client_name),
      client_id: byText(clients.client_id),
    },
    '-created_at',
  ),
  filters: allOf({
    q: filter(
      text('Part of the name or of the id, whatever the case', 100, 'shop'),
      (part) => sql`(client_name ilike ${containing(part)} or client_id ilike ${containing(part)})`,
    ),
    ids: filter(
      idList((id) => clientIdPattern.test(id)),
      (ids) => isOneOf(clients.client_id, ids),
    ),
    enabled: equal(flag('Enabled or disabled clients only'), clients.enabled),
    first_party: equal(flag('Clients that skip consent, or that do not'), clients.first_party),
    reviewed: equal(flag('Reviewed clients only, or those that nobody reviewed'), clients.reviewed),
    origin: equal(z.enum(['administrator', 'registration', 'document']).optional(), clients.origin),
    application_type: equal(z.enum(['web', 'native']).optional(), clients.application_type),
    token_endpoint_auth_method: equal(
      z.enum(clientAuthMethodNames).optional(),
      clients.token_endpoint_auth_method,
    ),
    grant_type: filter(
      z.enum(grantTypes.map(({ type }) => type) as [string, ...string[]]).optional(),
      (type) => sql`${type} = any (grant_types)`,
    ),
    scope: filter(text('May ask for this scope', 256, 'openid'), (scope) => sql`${scope} = any (scopes)`),
  }),
  row: clientRow,
  view: toClientView,
})
