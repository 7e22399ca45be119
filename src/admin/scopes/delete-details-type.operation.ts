import { sql } from 'drizzle-orm'
import { isExpectedVersion } from '../../db/fragments.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { detailsTypeParam } from './details-type-schemas.ts'
import { authorizationDetailsTypeRow } from './scope-rows.store.ts'

export const deleteDetailsType = defineOperation({
  id: 'deleteAuthorizationDetailsType',
  method: 'delete',
  path: '/admin/authorization-details-types/{type}',
  tag: 'Scopes',
  summary: 'Delete a type of authorization details',
  description: 'Only one that no client names. Tokens made from now on carry no details of it.',
  permission: 'admin:scopes:write',
  conditional: true,
  params: detailsTypeParam,
  answers: { 204: { description: 'The type is gone' } },
  problems: { 409: 'A client names it' },
  conflicts: { details_type_in_use: { title: 'A client names the type' } },
  async run({ db, deps, event, expectedVersions, params: { type } }) {
    const [, deleted, catalog] = await db.runAll([
      // A wrong version is still reported first.
      sql`select authly_refuse('AU409', 'details_type_in_use') from authorization_details_types
        where type = ${type} and ${isExpectedVersion(sql`version`, expectedVersions)}
          and exists (select 1 from clients where ${type} = any (clients.authorization_details_types))`,
      deleteEntity({
        table: 'authorization_details_types',
        key: { type },
        expectedVersions,
        event: event('authorization_details_type.deleted', {
          ...{ entity_type: 'authorization_details_type', entity_id: type },
        }),
      }),
      selectCatalog,
    ])
    const changed = outcomeOf(authorizationDetailsTypeRow, deleted)
    if (!changed.ok) return err(changed.error)
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(catalog ?? []))
    return answer(204)
  },
})
