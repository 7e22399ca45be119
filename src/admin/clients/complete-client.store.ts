/** From what somebody asks for to the metadata of a new client: the preset, restrictions of its maker, defaults. */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type ClientMetadata, type Given, hasKeys, scopesOf } from '../../clients/client-metadata.ts'
import { completeMetadata } from '../../clients/complete-metadata.ts'
import { applyPreset } from '../../clients/presets/apply-preset.ts'
import { type Choice, choosePreset } from '../../clients/presets/choose-preset.ts'
import { checkRows } from '../../db/json-row.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { isAdminScope } from '../../protocol/scope-parameter.ts'
import type { AdminCall } from '../operation.ts'
import { invalidRequest } from '../problems.ts'

export interface Asked extends Given {
  readonly client_name: string
  readonly preset?: string | undefined
  readonly framework?: string | undefined
}

export interface Completed {
  readonly metadata: ClientMetadata
  readonly choice: Choice | undefined
}

export async function completeClient(call: AdminCall, asked: Asked): Promise<Result<Completed, Problem>> {
  const { preset, framework, ...given } = asked
  const chosen = choosePreset({ preset, framework })
  if (!chosen.ok) return err(invalidRequest(chosen.error))
  const choice = chosen.value
  const { config } = call.deps
  const wanting = choice?.preset.needs?.(given) ?? []
  if (wanting.length > 0) return err(invalidRequest(wanting))
  const apiScopes = choice?.preset.takesApiScopes ? await apiScopesOf(call, given) : []
  const filled = choice ? applyPreset(choice, given, { ...config, apiScopes }) : given
  const restricted = await inheritRestrictions(call, filled)
  return ok({ metadata: completeMetadata(restricted, restricted.profile ?? config.profile), choice })
}

const nameRow = z.object({ name: z.string() })

/** Read from Postgres: scopes that were made a moment ago are not in every isolate's catalog yet. */
async function apiScopesOf({ db }: AdminCall, { resources, scope }: Given): Promise<readonly string[]> {
  if (!resources?.length || scope !== undefined) return []
  const rows = await db.run(sql`
    select name from scopes where resource in (
      select jsonb_array_elements_text(${JSON.stringify(resources)}::jsonb)) order by name`)
  return checkRows(nameRow, rows).map(({ name }) => name)
}

/** Restrictions that are left out are those of the client that creates this one. */
async function inheritRestrictions<G extends Given>({ actor, deps }: AdminCall, given: G): Promise<G> {
  const maker = await deps.findClient(actor.clientId)
  const isAdministrative = scopesOf({ scope: given.scope ?? '' }).some(isAdminScope)
  return {
    ...given,
    admin_ip_allow_list: given.admin_ip_allow_list ?? maker?.admin_ip_allow_list,
    // A client without keys cannot sign: refused later if it has admin scopes, otherwise signing is not required.
    require_request_signing:
      given.require_request_signing ??
      (maker?.require_request_signing === true && (hasKeys(given) || isAdministrative)),
  }
}
