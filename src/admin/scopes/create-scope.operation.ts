import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { isBuiltInScope } from '../../protocol/scope-parameter.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { insertEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { scopeCreation, scopeSchema } from './scope-schemas.ts'

export const createScope = defineOperation({
  id: 'createScope',
  method: 'post',
  path: '/admin/scopes',
  tag: 'Scopes',
  summary: 'Create a scope',
  description:
    'With `resource` it belongs to that resource server. The names of the scopes of the server itself are reserved.',
  permission: 'admin:scopes:write',
  body: scopeCreation,
  answers: { 201: { description: 'The scope', schema: scopeSchema, versioned: true, located: true } },
  problems: { 409: 'A scope of this name exists, or there is no such resource server' },
  conflicts: {
    scopes_pkey: {
      title: 'A scope of this name exists',
      errors: [{ pointer: '#/name', detail: 'is taken' }],
    },
    scopes_resource_resource_servers_resource_fk: {
      title: 'There is no such resource server',
      errors: [{ pointer: '#/resource', detail: 'is not a resource server here' }],
    },
  },
  async run({ body, deps, event, now, writeOnce }) {
    const { name, description, resource = null } = body
    // Attack: offering a permission of the admin API under a harmless description.
    if (isBuiltInScope(name)) {
      return err(invalidRequest([{ pointer: '#/name', detail: 'is reserved for the server itself' }]))
    }
    const time = new Date(now).toISOString()
    const row = { name, description, resource, created_at: time, updated_at: time }
    const created = answer(
      201,
      { ...row, built_in: false },
      { version: 1, location: `/admin/scopes/${encodeURIComponent(name)}` },
    )
    const rows = await writeOnce(created.value, [
      insertEntity({
        table: 'scopes',
        row,
        event: event('scope.created', { entity_type: 'scope', entity_id: name }),
      }),
      selectCatalog,
    ])
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(rows.at(-1) ?? []))
    return created
  },
})
