import { sql } from 'drizzle-orm'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { isBuiltInScope } from '../../protocol/scope-parameter.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { forbidden } from '../problems.ts'
import { scopeRow } from './scope-rows.store.ts'
import { scopeParam } from './scope-schemas.ts'

export const deleteScope = defineOperation({
  id: 'deleteScope',
  method: 'delete',
  path: '/admin/scopes/{name}',
  tag: 'Scopes',
  summary: 'Delete a scope',
  description:
    'Only a scope that no client is registered for: taking it from clients is a change of them that their owners should see. Built-in scopes stay.',
  permission: 'admin:scopes:write',
  conditional: true,
  params: scopeParam,
  answers: { 204: { description: 'The scope is gone' } },
  problems: { 409: 'A client is registered for the scope' },
  conflicts: { scope_in_use: { title: 'A client is registered for the scope' } },
  async run({ db, deps, event, expectedVersions, params: { name } }) {
    if (isBuiltInScope(name)) return err(forbidden('Built-in scopes cannot be changed.'))
    const [deleted, , catalog] = await db.runAll([
      deleteEntity({
        table: 'scopes',
        key: { name },
        expectedVersions,
        event: event('scope.deleted', { entity_type: 'scope', entity_id: name }),
      }),
      // Rolls back the deletion, in the same transaction. Comes after it, so that a wrong version is reported first.
      sql`select authly_refuse('AU409', 'scope_in_use') where exists (select 1 from clients where ${name} = any (scopes))
        and not exists (select 1 from scopes where name = ${name})`,
      selectCatalog,
    ])
    const changed = outcomeOf(scopeRow, deleted)
    if (!changed.ok) return err(changed.error)
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(catalog ?? []))
    return answer(204)
  },
})
