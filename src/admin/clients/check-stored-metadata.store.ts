/**
 * The final check of metadata before it is written: all rules, names that must exist, and the sector, which is fetched.
 */
import { checkClientMetadata } from '../../clients/check-client-metadata.ts'
import { checkSector } from '../../clients/check-sector.ts'
import type { ClientMetadata } from '../../clients/client-metadata.ts'
import { isSameIn } from '../../clients/compare-metadata.ts'
import { createGuardedFetch } from '../../kit/guarded-fetch.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { observedFetch } from '../../telemetry/observed-fetch.ts'
import { checkAllowList } from '../ip-allow-list.ts'
import type { AdminCall } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { checkRegistered } from './check-registered.store.ts'

/** The members that `checkRegistered` looks up. */
const registeredNames = ['scope', 'resources', 'serves_resources', 'authorization_details_types'] as const
/** The members that the sector depends on. */
const sectorMembers = ['subject_type', 'sector_identifier_uri', 'redirect_uris'] as const

/**
 * Checks metadata as a whole.
 * @param before the stored metadata; only what differs is looked up or fetched again
 * @returns the sector of pairwise subjects: `null` for the host of the redirect URIs, `undefined` to keep it
 */
export async function checkStoredMetadata(
  call: Pick<AdminCall, 'db' | 'deps'>,
  metadata: ClientMetadata,
  before?: ClientMetadata,
): Promise<Result<string | null | undefined, Problem>> {
  const { config } = call.deps
  const faults = [
    ...checkClientMetadata(metadata, config),
    ...checkAllowList(metadata.admin_ip_allow_list, '#/admin_ip_allow_list'),
    ...(before && isSameIn(registeredNames, metadata, before) ? [] : await checkRegistered(call, metadata)),
  ]
  if (faults.length > 0) return err(invalidRequest(faults))
  if (before && isSameIn(sectorMembers, metadata, before)) {
    return ok(undefined)
  }
  if (metadata.sector_identifier_uri === null) return ok(null)
  const sector = await checkSector(
    createGuardedFetch(config, observedFetch),
    metadata.sector_identifier_uri,
    metadata.redirect_uris,
  )
  return sector.ok ? sector : err(invalidRequest([sector.error]))
}
