import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { insertEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { resourceServerCreation, resourceServerSchema } from './scope-schemas.ts'

export const createResourceServer = defineOperation({
  id: 'createResourceServer',
  method: 'post',
  path: '/admin/resource-servers',
  tag: 'Scopes',
  summary: 'Register a resource server',
  description:
    'An API that accepts our access tokens. Its resource indicator (RFC 8707) becomes their `aud`.',
  permission: 'admin:scopes:write',
  body: resourceServerCreation,
  answers: {
    201: { description: 'The resource server', schema: resourceServerSchema, versioned: true, located: true },
  },
  problems: { 409: 'A resource server of this indicator exists' },
  conflicts: {
    resource_servers_pkey: {
      title: 'A resource server of this indicator exists',
      errors: [{ pointer: '#/resource', detail: 'is taken' }],
    },
  },
  async run({ body, deps, event, now, writeOnce }) {
    // Attack: tokens for that API would also be valid for this server, including its admin API.
    if (body.resource === deps.config.issuer) {
      return err(invalidRequest([{ pointer: '#/resource', detail: 'must not be this server itself' }]))
    }
    const time = new Date(now).toISOString()
    const row = { ...body, created_at: time, updated_at: time }
    const created = answer(201, row, {
      version: 1,
      location: `/admin/resource-servers/${encodeURIComponent(body.resource)}`,
    })
    const rows = await writeOnce(created.value, [
      insertEntity({
        table: 'resource_servers',
        row,
        event: event('resource_server.created', { entity_type: 'resource_server', entity_id: body.resource }),
      }),
      selectCatalog,
    ])
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(rows.at(-1) ?? []))
    return created
  },
})
