import { sql } from 'drizzle-orm'
import { asRestricted, assertMayManageClient } from '../../access/rights.store.ts'
import { satisfies } from '../../authentication/acr.ts'
import { type ClientMetadata, scopesOf } from '../../clients/client-metadata.ts'
import { selectClient, toLoadedClient } from '../../clients/clients.store.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import { firstRow } from '../../db/json-row.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { checkAllowList } from '../ip-allow-list.ts'
import { type AdminCall, answer, defineOperation } from '../operation.ts'
import { invalidRequest, notFound, preconditionFailed } from '../problems.ts'
import { renewCache } from '../renew-cache.ts'
import { checkStoredMetadata } from './check-stored-metadata.store.ts'
import { checkNotItself } from './client-rights.store.ts'
import { clientRow, hiddenColumns } from './client-row.store.ts'
import { clientIdParam, clientPatch, clientSchema } from './client-schemas.ts'
import { columnsOf, metadataDefaults, metadataOf, toClientView, withNamedMethod } from './client-view.ts'

type Patch = Partial<ClientMetadata>
type Columns = Readonly<Record<string, unknown>>

export const updateClient = defineOperation({
  id: 'updateClient',
  method: 'patch',
  path: '/admin/clients/{client_id}',
  tag: 'Clients',
  summary: 'Change a client',
  description:
    'Merge patch (RFC 7396); `{"enabled": false}` disables. Other isolates of this region follow within a minute, other regions within two. A client with admin scopes can be changed only by somebody who has these permissions, no service account changes itself, and no restricted client (`require_request_signing`, `admin_ip_allow_list`) leaves one that is less restricted.',
  permission: 'admin:clients:write',
  dangerous: true,
  conditional: true,
  params: clientIdParam,
  body: clientPatch,
  answers: { 200: { description: 'The client as it is now', schema: clientSchema, versioned: true } },
  async run(call) {
    const { actor, body, origin, params } = call
    const { client_id } = params
    const may = checkNotItself(actor, client_id)
    if (!may.ok) return may
    const patch = withDefaults(body)
    const list = patch.admin_ip_allow_list ?? []
    const faults = checkAllowList(
      list,
      '#/admin_ip_allow_list',
      actor.clientId === client_id ? origin : undefined,
    )
    if (faults.length > 0) return err(invalidRequest(faults))
    const demanded = patch.required_acr_values ?? []
    if (actor.type === 'user' && actor.clientId === client_id && !satisfies(actor.acr, demanded)) {
      const detail =
        'must contain how you are signed in to it now, or a weaker way, or nobody could undo this'
      return err(invalidRequest([{ pointer: '#/required_acr_values', detail }]))
    }
    let written = await writePatch(call, client_id, patch)
    // `If-Match: *` names no version, so a concurrent write must not make the request fail.
    for (let again = 0; again < maxRepeats && isLostRace(written) && !call.expectedVersions; again++) {
      written = await writePatch(call, client_id, patch)
    }
    if (!written.ok) return written
    const { after, cached } = written.value
    await renewCache(call.deps.edgeCache, clientCacheKey(client_id), cached)
    return answer(200, toClientView(after), { version: after.version })
  },
})

const maxRepeats = 3
const isLostRace = (written: Result<unknown, Problem>): boolean => !written.ok && written.error.status === 412

/** Checks the patch and writes it over the version it was checked against. */
async function writePatch(call: AdminCall, clientId: string, patch: Patch) {
  const { actor, db, event } = call
  const completed = await completePatch(call, clientId, patch)
  if (!completed.ok) return completed
  const restricted = asRestricted(actor, clientId)
  const [, , updated, , cached] = await db.runAll([
    restricted.before,
    assertMayManageClient(actor, clientId, patch.scope === undefined ? [] : scopesOf({ scope: patch.scope })),
    updateEntity({
      table: 'clients',
      key: { client_id: clientId },
      patch: completed.value.columns,
      expectedVersions: completed.value.versions,
      hidden: hiddenColumns,
      event: event('client.updated', { entity_type: 'client', entity_id: clientId, client_id: clientId }),
    }),
    restricted.after,
    selectClient(clientId),
  ])
  const changed = outcomeOf(clientRow, updated)
  return changed.ok ? ok({ after: changed.value.after, cached: toLoadedClient(cached ?? []) }) : changed
}

/** Members whose meaning does not depend on others: changing them does not require checking the whole client. */
const independent: ReadonlySet<string> = new Set<keyof ClientMetadata>([
  'client_name',
  'contacts',
  'software_id',
  'software_version',
  'enabled',
  'allow_registration',
  'require_auth_time',
  'default_max_age',
  'required_acr_values',
  'max_sessions_per_user',
  'id_token_signed_response_alg',
  'access_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'scope_claims_in_id_token',
  'access_token_ttl_seconds',
  'id_token_ttl_seconds',
  'admin_ip_allow_list',
])

/**
 * Columns to write, and the versions they may overwrite. Rules consider a client as a whole, so a change of dependent
 * members is checked against the current row, and written only if that row is unchanged.
 */
async function completePatch(
  call: AdminCall,
  clientId: string,
  patch: Patch,
): Promise<Result<{ columns: Columns; versions: readonly number[] | undefined }, Problem>> {
  const { db, expectedVersions } = call
  const columns = columnsOf(patch)
  if (Object.keys(patch).every((name) => independent.has(name))) {
    return ok({ columns, versions: expectedVersions })
  }
  const current = firstRow(
    clientRow,
    await db.run(sql`select ${clientRow.json} as row from clients where client_id = ${clientId}`),
  )
  if (!current) return err(notFound)
  const { version } = current
  if (expectedVersions && !expectedVersions.includes(version)) return err(preconditionFailed(version))
  const before = metadataOf(current)
  const sector = await checkStoredMetadata(call, { ...before, ...patch }, before)
  if (!sector.ok) return sector
  const sectorColumn = sector.value === undefined ? {} : { sector_identifier: sector.value }
  return ok({ columns: { ...columns, ...sectorColumn }, versions: [version] })
}

/** `null` restores the default. */
function withDefaults(body: Readonly<Record<string, unknown>>): Patch {
  const defaults: Readonly<Record<string, unknown>> = metadataDefaults
  return Object.fromEntries(
    Object.entries(withNamedMethod(body))
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value ?? defaults[name]]),
  ) as Patch
}
