import { sql } from 'drizzle-orm'
import { isExpectedVersion } from '../../db/fragments.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { resourceServerRow } from './scope-rows.store.ts'
import { resourceParam } from './scope-schemas.ts'

export const deleteResourceServer = defineOperation({
  id: 'deleteResourceServer',
  method: 'delete',
  path: '/admin/resource-servers/{resource}',
  tag: 'Scopes',
  summary: 'Delete a resource server',
  description: 'Only one without scopes and types of authorization details, and that no client names.',
  permission: 'admin:scopes:write',
  conditional: true,
  params: resourceParam,
  answers: { 204: { description: 'The resource server is gone' } },
  problems: { 409: 'It has scopes or types, or a client names it' },
  conflicts: {
    resource_server_in_use: {
      title: 'The resource server has scopes or types of authorization details, or a client names it',
    },
  },
  async run({ db, deps, event, expectedVersions, params: { resource } }) {
    const [, deleted, catalog] = await db.runAll([
      // Before the deletion, which would cascade to the scopes. A wrong version is still reported first.
      sql`select authly_refuse('AU409', 'resource_server_in_use') from resource_servers
        where resource = ${resource} and ${isExpectedVersion(sql`version`, expectedVersions)}
          and (exists (select 1 from scopes where scopes.resource = ${resource})
            or exists (select 1 from authorization_details_types t where t.resource = ${resource})
            or exists (select 1 from clients where ${resource} = any (resources || serves_resources)))`,
      deleteEntity({
        table: 'resource_servers',
        key: { resource },
        expectedVersions,
        event: event('resource_server.deleted', { entity_type: 'resource_server', entity_id: resource }),
      }),
      selectCatalog,
    ])
    const changed = outcomeOf(resourceServerRow, deleted)
    if (!changed.ok) return err(changed.error)
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(catalog ?? []))
    return answer(204)
  },
})
