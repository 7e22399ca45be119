import { renewCache } from '../../edge-cache/renew-cache.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { resourceServerRow } from './scope-rows.store.ts'
import {
  resourceParam,
  resourceServerPatch,
  resourceServerSchema,
  toResourceServer,
} from './scope-schemas.ts'

export const updateResourceServer = defineOperation({
  id: 'updateResourceServer',
  method: 'patch',
  path: '/admin/resource-servers/{resource}',
  tag: 'Scopes',
  summary: 'Change a resource server',
  description: 'Members that are left out stay as they are.',
  permission: 'admin:scopes:write',
  conditional: true,
  params: resourceParam,
  body: resourceServerPatch,
  answers: {
    200: { description: 'The resource server as it is now', schema: resourceServerSchema, versioned: true },
  },
  async run({ body, db, deps, event, expectedVersions, params: { resource } }) {
    const [updated, catalog] = await db.runAll([
      updateEntity({
        table: 'resource_servers',
        key: { resource },
        patch: body,
        expectedVersions,
        event: event('resource_server.updated', { entity_type: 'resource_server', entity_id: resource }),
      }),
      selectCatalog,
    ])
    const changed = outcomeOf(resourceServerRow, updated)
    if (!changed.ok) return changed
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(catalog ?? []))
    const { after } = changed.value
    return answer(200, toResourceServer(after), { version: after.version })
  },
})
