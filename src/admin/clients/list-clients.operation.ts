import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { grantTypes } from '../../oauth/grants/index.ts'
import { clientAuthMethodNames } from '../../protocol/client-auth-methods.ts'
import { answer, defineOperation } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { type ClientRow, toClientView } from './client.ts'
import { clientSchema } from './client-schemas.ts'

const orders = [
  'created_at',
  '-created_at',
  'client_name',
  '-client_name',
  'client_id',
  '-client_id',
] as const

/** Left out: both. */
const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => (value === undefined ? undefined : value === 'true'))
    .openapi({ description, type: 'boolean', example: 'true' })

const query = z.object({
  ...pageQuery,
  q: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: 'Part of the name or of the id, whatever the case', example: 'shop' }),
  enabled: flag('Enabled or disabled clients only'),
  first_party: flag('Clients that skip consent, or that do not'),
  application_type: z.enum(['web', 'native']).optional(),
  token_endpoint_auth_method: z.enum(clientAuthMethodNames).optional(),
  grant_type: z.enum(grantTypes.map(({ type }) => type) as [string, ...string[]]).optional(),
  scope: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .openapi({ description: 'May ask for this scope', example: 'openid' }),
  sort: z.enum(orders).default('-created_at').openapi({ description: '`-`: descending' }),
})

export const listClients = defineOperation({
  id: 'listClients',
  method: 'get',
  path: '/admin/clients',
  tag: 'Clients',
  summary: 'List clients',
  permission: 'admin:clients:read',
  query,
  answers: { 200: { description: 'A page of clients', schema: pageOf('ClientPage', clientSchema) } },
  async run({ db, query }) {
    const { limit, sort, cursor, include_total } = query
    const order = orderOf(sort)
    const listName = `clients:${sort}`
    const after = cursor === undefined ? undefined : decodeCursor(listName, cursor, [order.kind, 'text'])
    if (cursor !== undefined && !after) {
      return err(
        invalidRequest([{ parameter: 'cursor', detail: 'is not a cursor of this list in this order' }]),
      )
    }
    const where = conditionsOf(query)
    const [rows, totals] = await db.runAll([
      sql`select to_jsonb(clients) as client from clients
        where ${where} and ${after ? order.isAfter(...after) : sql`true`}
        order by ${order.by} limit ${limit + 1}`,
      ...(include_total ? [sql`select count(*)::int as total from clients where ${where}`] : []),
    ])
    const clients = (rows ?? []).map((row) => row['client'] as ClientRow)
    const page = toPage(
      clients,
      limit,
      (client) => encodeCursor(listName, [String(client[order.column]), client.client_id]),
      totals?.[0]?.['total'] as number | undefined,
    )
    return answer(200, { ...page, items: page.items.map(toClientView) })
  },
})

/** Every order ends with the id, so that it is total. */
function orderOf(sort: (typeof orders)[number]) {
  const isDescending = sort.startsWith('-')
  const column = sort.replace('-', '') as 'created_at' | 'client_name' | 'client_id'
  const name = sql.identifier(column)
  const direction = isDescending ? sql`desc` : sql`asc`
  const type = column === 'created_at' ? sql`timestamptz` : sql`text`
  return {
    column,
    kind: column === 'created_at' ? ('time' as const) : ('text' as const),
    by: sql`${name} ${direction}, client_id ${direction}`,
    isAfter: (value: string, id: string): SQL =>
      sql`(${name}, client_id) ${isDescending ? sql`<` : sql`>`} (${value}::${type}, ${id}::text)`,
  }
}

function conditionsOf(filter: z.output<typeof query>): SQL {
  const { q, enabled, first_party, application_type, token_endpoint_auth_method, grant_type, scope } = filter
  // Of LIKE's own characters none may mean more than itself.
  const pattern = q === undefined ? '' : `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`
  const conditions = [
    q === undefined ? [] : sql`(client_name ilike ${pattern} or client_id ilike ${pattern})`,
    enabled === undefined ? [] : sql`enabled = ${enabled}`,
    first_party === undefined ? [] : sql`first_party = ${first_party}`,
    application_type === undefined ? [] : sql`application_type = ${application_type}`,
    token_endpoint_auth_method === undefined
      ? []
      : sql`token_endpoint_auth_method = ${token_endpoint_auth_method}`,
    grant_type === undefined ? [] : sql`${grant_type} = any (grant_types)`,
    scope === undefined ? [] : sql`${scope} = any (scopes)`,
  ].flat()
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}
