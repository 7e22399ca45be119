import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import { asRestricted, assertMayManageClient } from '../../access/rights.store.ts'
import { satisfies } from '../../authentication/acr.ts'
import type { ClientMetadata } from '../../clients/client-metadata.ts'
import { selectClient, toLoadedClient } from '../../clients/clients.store.ts'
import { metadataDefaults, metadataDefaultsOf, withNamedMethod } from '../../clients/complete-metadata.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import { columnsOf, metadataOf } from '../../clients/metadata-columns.ts'
import { wantedKeys } from '../../clients/wanted-keys.ts'
import { firstRow } from '../../db/json-row.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { queryFlag } from '../../kit/field-schemas.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { checkAllowList } from '../ip-allow-list.ts'
import { type AdminCall, answer, defineOperation } from '../operation.ts'
import { invalidRequest, notFound, preconditionFailed } from '../problems.ts'
import { checkStoredMetadata } from './check-stored-metadata.store.ts'
import { checkNotItself } from './client-rights.store.ts'
import { clientRow, hiddenColumns } from './client-row.store.ts'
import { changedClientSchema, clientIdParam, clientPatch } from './client-schemas.ts'
import { toClientView } from './client-view.ts'
import { tryClientChange } from './try-client-change.store.ts'

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
  query: z.object({
    dry_run: queryFlag(
      'Change nothing, and tell what would happen: faults, how the client would be served, what happens to its grants',
    ),
  }),
  body: clientPatch,
  answers: {
    200: {
      description: 'The client as it is now, with `dry_run` as it would be',
      schema: changedClientSchema,
      versioned: true,
    },
  },
  async run(call) {
    const { actor, body, origin, params, query } = call
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
    if (query.dry_run) {
      const tried = await tryPatch(call, client_id, body)
      return tried.ok ? answer(200, tried.value.view, { version: tried.value.version }) : tried
    }
    let written = await writePatch(call, client_id, body)
    // `If-Match: *` names no version, so a concurrent write must not make the request fail.
    for (let again = 0; again < maxRepeats && isLostRace(written) && !call.expectedVersions; again++) {
      written = await writePatch(call, client_id, body)
    }
    if (!written.ok) return written
    const { after, cached } = written.value
    await renewCache(call.deps.edgeCache, clientCacheKey(client_id), cached)
    // Not before Postgres has decided that the caller may do this.
    await call.deps.keyring.provide(wantedKeys(patch))
    return answer(200, toClientView(after), { version: after.version })
  },
})

const maxRepeats = 3
const isLostRace = (written: Result<unknown, Problem>): boolean => !written.ok && written.error.status === 412

/** Checks the patch and writes it over the version it was checked against. */
async function writePatch(call: AdminCall, clientId: string, body: Body) {
  const completed = await completePatch(call, clientId, body)
  if (!completed.ok) return completed
  const [, , updated, , cached] = await call.db.runAll([
    ...statementsOf(call, clientId, completed.value),
    selectClient(clientId),
  ])
  const changed = outcomeOf(clientRow, updated)
  return changed.ok ? ok({ after: changed.value.after, cached: toLoadedClient(cached ?? []) }) : changed
}

async function tryPatch(call: AdminCall, clientId: string, body: Body) {
  const outcome = await completePatch(call, clientId, body)
  const asked = columnsOf(withDefaults(body))
  const statements = statementsOf(
    call,
    clientId,
    outcome.ok ? outcome.value : { columns: {}, versions: undefined },
  )
  return tryClientChange(call, {
    ...{ clientId, outcome, asked, statements, select: selectClient(clientId) },
    registeredFrom: (row) => toLoadedClient([row])?.value,
  })
}

interface Completed {
  readonly columns: Columns
  readonly versions: readonly number[] | undefined
}

function statementsOf(call: AdminCall, clientId: string, { columns, versions }: Completed): readonly SQL[] {
  const { actor, event } = call
  const restricted = asRestricted(actor, clientId)
  const scopes = columns['scopes'] as readonly string[] | undefined
  return [
    restricted.before,
    assertMayManageClient(actor, clientId, scopes),
    updateEntity({
      table: 'clients',
      key: { client_id: clientId },
      patch: columns,
      expectedVersions: versions,
      hidden: hiddenColumns,
      event: event('client.updated', { entity_type: 'client', entity_id: clientId, client_id: clientId }),
    }),
    restricted.after,
  ]
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
  body: Body,
): Promise<Result<Completed, Problem>> {
  const { db, expectedVersions } = call
  const patch = withDefaults(body)
  if (Object.keys(patch).every((name) => independent.has(name))) {
    return ok({ columns: columnsOf(patch), versions: expectedVersions })
  }
  const current = firstRow(
    clientRow,
    await db.run(sql`select ${clientRow.json} as row from clients where client_id = ${clientId}`),
  )
  if (!current) return err(notFound)
  const { version } = current
  if (expectedVersions && !expectedVersions.includes(version)) return err(preconditionFailed(version))
  const before = metadataOf(current)
  const { profile = before.profile } = patch
  const completed = withDefaults(body, metadataDefaultsOf(profile ?? call.deps.config.profile))
  const sector = await checkStoredMetadata(call, { ...before, ...completed }, before)
  if (!sector.ok) return sector
  const sectorColumn = sector.value === undefined ? {} : { sector_identifier: sector.value }
  return ok({ columns: { ...columnsOf(completed), ...sectorColumn }, versions: [version] })
}

type Body = Readonly<Record<string, unknown>>

/** `null` restores the default. */
function withDefaults(body: Body, defaults: Body = metadataDefaults): Patch {
  return Object.fromEntries(
    Object.entries(withNamedMethod(body))
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value ?? defaults[name]]),
  ) as Patch
}
