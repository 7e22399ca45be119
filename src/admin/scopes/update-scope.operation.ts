import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { isBuiltInScope } from '../../protocol/scope-parameter.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { forbidden } from '../problems.ts'
import { scopeRow } from './scope-rows.store.ts'
import { scopeParam, scopePatch, scopeSchema, toScope } from './scope-schemas.ts'

export const updateScope = defineOperation({
  id: 'updateScope',
  method: 'patch',
  path: '/admin/scopes/{name}',
  tag: 'Scopes',
  summary: 'Change a scope',
  description: 'Built-in scopes (OpenID Connect, `admin:…`) cannot be changed.',
  permission: 'admin:scopes:write',
  conditional: true,
  params: scopeParam,
  body: scopePatch,
  answers: { 200: { description: 'The scope as it is now', schema: scopeSchema, versioned: true } },
  problems: { 409: 'There is no such resource server' },
  conflicts: {
    scopes_resource_resource_servers_resource_fk: {
      title: 'There is no such resource server',
      errors: [{ pointer: '#/resource', detail: 'is not a resource server here' }],
    },
  },
  async run({ body, db, deps, event, expectedVersions, params: { name } }) {
    if (isBuiltInScope(name)) return err(forbidden('Built-in scopes cannot be changed.'))
    const [updated, catalog] = await db.runAll([
      updateEntity({
        table: 'scopes',
        key: { name },
        patch: body,
        expectedVersions,
        event: event('scope.updated', { entity_type: 'scope', entity_id: name }),
      }),
      selectCatalog,
    ])
    const changed = outcomeOf(scopeRow, updated)
    if (!changed.ok) return changed
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(catalog ?? []))
    const { after } = changed.value
    return answer(200, toScope(after), { version: after.version })
  },
})
