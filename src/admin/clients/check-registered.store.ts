/** The scopes, resource servers and types of authorization details that a client names must exist. */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { ClientMetadata } from '../../clients/client-metadata.ts'
import { checkRows } from '../../db/json-row.ts'
import type { Fault } from '../../kit/problem.ts'
import type { AdminCall } from '../operation.ts'

const names = z.array(z.string())
const namesRow = z.object({ scopes: names, resources: names, types: names })

/**
 * Faults for names that are not registered. The cached catalog is checked first, without I/O; only names it lacks are
 * looked up in Postgres, because they may have just been created.
 */
export async function checkRegistered(
  call: Pick<AdminCall, 'db' | 'deps'>,
  metadata: Pick<ClientMetadata, 'scope' | 'resources' | 'serves_resources' | 'authorization_details_types'>,
): Promise<readonly Fault[]> {
  const catalog = await call.deps.loadScopeCatalog()
  const scopes = new Set(catalog.scopes.map(({ name }) => name))
  const resources = new Set(catalog.resource_servers.map(({ resource }) => resource))
  const types = new Set(catalog.authorization_details_types?.map(({ type }) => type))
  const asked = {
    scopes: metadata.scope.split(' ').filter((name) => name !== '' && !scopes.has(name)),
    resources: [...metadata.resources, ...metadata.serves_resources].filter((name) => !resources.has(name)),
    types: metadata.authorization_details_types.filter((name) => !types.has(name)),
  }
  if (asked.scopes.length + asked.resources.length + asked.types.length === 0) return []
  const rows = await call.db.run(sql`
    select array(select name from scopes where name in (
        select jsonb_array_elements_text(${JSON.stringify(asked.scopes)}::jsonb))) as scopes,
      array(select resource from resource_servers where resource in (
        select jsonb_array_elements_text(${JSON.stringify(asked.resources)}::jsonb))) as resources,
      array(select type from authorization_details_types where type in (
        select jsonb_array_elements_text(${JSON.stringify(asked.types)}::jsonb))) as types`)
  const [found] = checkRows(namesRow, rows)
  for (const name of found?.scopes ?? []) scopes.add(name)
  for (const name of found?.resources ?? []) resources.add(name)
  for (const name of found?.types ?? []) types.add(name)
  const unknownScope = asked.scopes.find((name) => !scopes.has(name))
  return [
    ...(unknownScope === undefined
      ? []
      : [{ pointer: '#/scope', detail: `has the unknown scope ${unknownScope}` }]),
    ...(['resources', 'serves_resources'] as const).flatMap((list) =>
      metadata[list].flatMap((name, index) =>
        resources.has(name)
          ? []
          : [{ pointer: `#/${list}/${index}`, detail: 'is not a resource server here' }],
      ),
    ),
    ...metadata.authorization_details_types.flatMap((name, index) =>
      types.has(name)
        ? []
        : [{ pointer: `#/authorization_details_types/${index}`, detail: 'is not a type here' }],
    ),
  ]
}
