import { sql } from 'drizzle-orm'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { schemaFault } from '../../scopes/details-schema.ts'
import { scopeCatalogCacheKey } from '../../scopes/load-scope-catalog.ts'
import { selectCatalog, toLoadedCatalog } from '../../scopes/scopes.store.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import {
  detailsTypeParam,
  detailsTypePatch,
  detailsTypeSchema,
  toDetailsType,
} from './details-type-schemas.ts'
import { authorizationDetailsTypeRow } from './scope-rows.store.ts'

export const updateDetailsType = defineOperation({
  id: 'updateAuthorizationDetailsType',
  method: 'patch',
  path: '/admin/authorization-details-types/{type}',
  tag: 'Scopes',
  summary: 'Change a type of authorization details',
  description:
    'Members that are left out stay as they are; `schema` is replaced as a whole. What was granted before keeps its form; its resource server never changes.',
  permission: 'admin:scopes:write',
  conditional: true,
  params: detailsTypeParam,
  body: detailsTypePatch,
  answers: { 200: { description: 'The type as it is now', schema: detailsTypeSchema, versioned: true } },
  async run({ body, db, deps, event, expectedVersions, params: { type } }) {
    const { schema, ...patch } = body
    const fault = schema && schemaFault(schema)
    if (fault !== undefined) return err(invalidRequest([{ pointer: '#/schema', detail: fault }]))
    const [updated, catalog] = await db.runAll([
      updateEntity({
        table: 'authorization_details_types',
        key: { type },
        patch,
        // Replaced as a whole: two schemas that are merged are neither of them.
        ...(schema && { computed: { schema: sql`${JSON.stringify(schema)}::jsonb` } }),
        expectedVersions,
        event: event('authorization_details_type.updated', {
          ...{ entity_type: 'authorization_details_type', entity_id: type },
        }),
      }),
      selectCatalog,
    ])
    const changed = outcomeOf(authorizationDetailsTypeRow, updated)
    if (!changed.ok) return changed
    await renewCache(deps.edgeCache, scopeCatalogCacheKey, toLoadedCatalog(catalog ?? []))
    const { after } = changed.value
    return answer(200, toDetailsType(after), { version: after.version })
  },
})
