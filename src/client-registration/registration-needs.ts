/** What registering needs, and what is the same of registering and changing. */
import { checkSector } from '../clients/check-sector.ts'
import type { ClientMetadata } from '../clients/client-metadata.ts'
import { type OpenAccess, openAccess } from '../clients/limit-unreviewed.ts'
import { newClientSecret } from '../clients/new-client-secret.ts'
import type { OpenRegistrations } from '../clients/registrations.ts'
import type { Config } from '../config.ts'
import type { EdgeCache } from '../edge-cache/cached-lookup.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { Clock } from '../kit/clock.ts'
import { createGuardedFetch } from '../kit/guarded-fetch.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { usesSecret } from '../protocol/client-auth-methods.ts'
import type { OAuthRefusal } from '../protocol/refusal.ts'
import type { RateLimiter } from '../rate-limits/rate-limiter.ts'
import type { LoadScopeCatalog } from '../scopes/scope.ts'
import type { ReadSettings } from '../settings/settings.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import { refused, type Said } from './read-registration.ts'

export interface RegistrationNeeds {
  readonly config: Config
  readonly now: Clock
  readonly readSettings: ReadSettings
  readonly loadScopeCatalog: LoadScopeCatalog
  readonly openRegistrations: OpenRegistrations
  readonly rateLimiter: RateLimiter
  readonly edgeCache: EdgeCache
  readonly keyring: Pick<Keyring, 'provide'>
}

export const readOpenAccess = async (
  needs: Pick<RegistrationNeeds, 'loadScopeCatalog'>,
): Promise<OpenAccess> => openAccess(await needs.loadScopeCatalog())

/**
 * The sector that its document proves, of pairwise subjects. OpenID Connect Registration §5 wants the document checked
 * whatever the subjects are; of public ones nothing of it is kept.
 */
export async function withSector(
  config: Config,
  said: Said,
  metadata: ClientMetadata,
): Promise<Result<string | null, OAuthRefusal>> {
  const uri = said['sector_identifier_uri']
  if (typeof uri !== 'string') return ok(null)
  const sector = await checkSector(createGuardedFetch(config, observedFetch), uri, metadata.redirect_uris)
  // Attack: the answer tells what this server could reach.
  if (!sector.ok) return err(refused(['sector_identifier_uri'], sectorUnproven))
  return metadata.subject_type === 'pairwise' ? sector : ok(null)
}

const sectorUnproven = 'must lead to a JSON array of at least all redirect URIs (OpenID Connect Core §8.1)'

/** `sector_identifier_uri` of a client with public subjects is checked and then forgotten. */
export const withoutIdleSector = (said: Said): Said =>
  said['subject_type'] === 'pairwise' ? said : { ...said, sector_identifier_uri: null }

/** A secret where the method has one, with what is stored of it. */
export async function secretFor(metadata: ClientMetadata, now: number) {
  if (!usesSecret(metadata.token_endpoint_auth_method)) return undefined
  return newClientSecret(now)
}
