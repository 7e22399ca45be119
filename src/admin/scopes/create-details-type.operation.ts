import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { schemaFault } from '../../scopes/details-schema.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { insertEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { detailsTypeCreation, detailsTypeSchema } from './details-type-schemas.ts'

export const createDetailsType = defineOperation({
  id: 'createAuthorizationDetailsType',
  method: 'post',
  path: '/admin/authorization-details-types',
  tag: 'Scopes',
  summary: 'Register a type of authorization details',
  description: 'What clients may ask for by `authorization_details` (RFC 9396), for one resource server.',
  permission: 'admin:scopes:write',
  body: detailsTypeCreation,
  answers: { 201: { description: 'The type', schema: detailsTypeSchema, versioned: true, located: true } },
  problems: { 409: 'The type exists, or there is no such resource server' },
  conflicts: {
    authorization_details_types_pkey: {
      title: 'A type of this name exists',
      errors: [{ pointer: '#/type', detail: 'is taken' }],
    },
    authorization_details_types_of_resource: {
      title: 'There is no such resource server',
      errors: [{ pointer: '#/resource', detail: 'is not a resource server here' }],
    },
  },
  async run({ body, deps, event, now, writeOnce }) {
    const fault = schemaFault(body.schema)
    if (fault !== undefined) return err(invalidRequest([{ pointer: '#/schema', detail: fault }]))
    const time = new Date(now).toISOString()
    const row = { ...body, created_at: time, updated_at: time }
    const created = answer(201, row, {
      version: 1,
      location: `/admin/authorization-details-types/${encodeURIComponent(body.type)}`,
    })
    const rows = await writeOnce(created.value, [
      insertEntity({
        table: 'authorization_details_types',
        row,
        event: event('authorization_details_type.created', {
          ...{ entity_type: 'authorization_details_type', entity_id: body.type },
        }),
      }),
      selectCatalog,
    ])
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(rows.at(-1) ?? []))
    return created
  },
})
