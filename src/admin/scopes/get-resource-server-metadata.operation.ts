import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { checkRows } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { resourceParam } from './scope-schemas.ts'

const row = z.object({ name: z.string(), scopes: z.array(z.string()) })

export const getResourceServerMetadata = defineOperation({
  id: 'getResourceServerMetadata',
  method: 'get',
  path: '/admin/resource-servers/{resource}/metadata',
  tag: 'Scopes',
  summary: 'Metadata for a resource server to publish',
  description:
    'The document of RFC 9728, by which programs find the way from this API to tokens for it. The API serves it where §3.1 says: for `https://api.example.com/v1` at `https://api.example.com/.well-known/oauth-protected-resource/v1`.',
  permission: 'admin:scopes:read',
  params: resourceParam,
  answers: {
    200: {
      description: 'The document',
      schema: z
        .object({
          resource: z.string(),
          resource_name: z.string(),
          authorization_servers: z.array(z.string()),
          scopes_supported: z.array(z.string()),
          bearer_methods_supported: z.array(z.string()),
        })
        .meta({ id: 'ResourceServerMetadata' }),
    },
  },
  async run({ db, deps, params: { resource } }) {
    const rows = await db.run(sql`
      select name, array(select scopes.name from scopes where scopes.resource = resource_servers.resource
        order by scopes.name) as scopes
      from resource_servers where resource = ${resource}`)
    const [found] = checkRows(row, rows)
    if (!found) return err(notFound)
    return answer(200, {
      resource,
      resource_name: found.name,
      authorization_servers: [deps.config.issuer],
      scopes_supported: [...found.scopes],
      bearer_methods_supported: ['header'],
    })
  },
})
