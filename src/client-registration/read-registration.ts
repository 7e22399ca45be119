/**
 * What a client says about itself (RFC 7591 §2, OpenID Connect Registration §2), as metadata by the rules that
 * administrators are held to. Unknown members are ignored, as §2 demands; so are those that only administrators set.
 */
import { clientCreation } from '../admin/clients/client-schemas.ts'
import {
  checkClientMetadata,
  type MetadataContext,
  mayDoWithoutPkce,
} from '../clients/check-client-metadata.ts'
import { type ClientMetadata, type Given, scopesOf } from '../clients/client-metadata.ts'
import { completeMetadata } from '../clients/complete-metadata.ts'
import { type OpenAccess, unreviewedTerms } from '../clients/limit-unreviewed.ts'
import type { Profile } from '../clients/profile.ts'
import { describeFault } from '../kit/describe-fault.ts'
import { isLoopbackHost } from '../kit/public-host.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { isWithin } from '../protocol/scope-parameter.ts'
import { registrableMembers } from './registrable-members.ts'

export interface RegistrationContext extends MetadataContext {
  readonly open: OpenAccess
  /** Given to the client by the token or the setting that lets it in; undefined: it has none of its own. */
  readonly assigned: Profile | undefined
  readonly grantTypes: readonly string[]
}

export type Said = Readonly<Record<string, unknown>>

/**
 * The metadata of a client that registers itself.
 * @param said a JSON object
 * @param kept members that administrators set, of a client that changes its registration; `require_pkce` only if one of them
 * demands it
 */
export function readRegistration(
  said: Said,
  context: RegistrationContext,
  kept: Partial<ClientMetadata> = {},
): Result<ClientMetadata, OAuthRefusal> {
  const named = Object.fromEntries(
    registrableMembers.filter((name) => Object.hasOwn(said, name)).map((name) => [name, said[name]]),
  )
  const candidate = {
    ...named,
    client_name: named['client_name'] ?? defaultName(named['redirect_uris']),
    application_type: named['application_type'] ?? typeOf(named['redirect_uris']),
    scope: named['scope'] ?? context.open.scopes.join(' '),
  }
  const parsed = clientCreation.safeParse(candidate, { error: describeFault })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return err(refused(issue?.path ?? [], issue?.message ?? 'is not valid'))
  }
  const metadata = complete({ ...kept, ...parsed.data }, context)
  const [fault] = checkClientMetadata(metadata, context)
  if (fault) return err(refused('pointer' in fault ? fault.pointer.slice(2).split('/') : [], fault.detail))
  // Attack: the client loses its exemption and with it the sign of that demand, and then gets the exemption again.
  if (kept.require_pkce && !isExemptFromPkce(metadata))
    return err(
      refused(
        ['token_endpoint_auth_method'],
        'must not become none, nor scope lose openid, while PKCE is demanded',
      ),
    )
  const closed = metadata.grant_types.find((type) => !context.grantTypes.includes(type))
  if (closed !== undefined) return err(refused(['grant_types'], 'has one that is not for such clients'))
  // Unknown scopes, those of APIs that are not open and those of the administration look the same.
  return isWithin(scopesOf(metadata), context.open.scopes)
    ? ok(metadata)
    : err(refused(['scope'], 'has a scope that is not for such clients'))
}

/** Defaults are those of the admin API; what it answers with stands in the registration. */
function complete(given: Given, { assigned, profile }: RegistrationContext): ClientMetadata {
  const metadata: ClientMetadata = {
    ...completeMetadata(given, assigned ?? profile),
    ...unreviewedTerms,
    reviewed: false,
    profile: assigned ?? null,
  }
  return { ...metadata, require_pkce: given.require_pkce === true || !isExemptFromPkce(metadata) }
}

/** OpenID Connect Core knows no PKCE: clients of its profile may have the nonce instead (RFC 9700 §2.1.1). */
const isExemptFromPkce = (metadata: ClientMetadata): boolean =>
  metadata.profile === 'oidc' && mayDoWithoutPkce(metadata)

/**
 * What an administrator has made of a client that registered itself. Attack: one that is to use PKCE changes its registration
 * to be rid of it. Who had no exemption used PKCE anyway, and may come to have one.
 */
export function keptOf(before: ClientMetadata): Partial<ClientMetadata> {
  const kept = Object.entries(before).filter(([name]) => !registrableMembers.some((own) => own === name))
  return { ...Object.fromEntries(kept), require_pkce: before.require_pkce && isExemptFromPkce(before) }
}

/**
 * OpenID Connect Registration §2 says `web` where nothing is said; but programs on people's machines often say nothing,
 * and their redirect URIs show what they are.
 */
function typeOf(redirectUris: unknown): 'web' | 'native' {
  if (!Array.isArray(redirectUris)) return 'web'
  const isOfMachine = (uri: unknown): boolean => {
    if (typeof uri !== 'string' || !URL.canParse(uri)) return false
    const { protocol, hostname } = new URL(uri)
    return protocol === 'http:' ? isLoopbackHost(hostname) : protocol !== 'https:'
  }
  return redirectUris.some(isOfMachine) ? 'native' : 'web'
}

/** Who gives no name is called by where it lives. */
function defaultName(redirectUris: unknown): string {
  const [first] = Array.isArray(redirectUris) ? redirectUris : []
  const host = typeof first === 'string' && URL.canParse(first) ? new URL(first).host : ''
  return host.slice(0, 100) || 'Application'
}

/** RFC 7591 §3.2.2. The description names the member and never repeats a value. */
export function refused(path: readonly PropertyKey[], detail: string): OAuthRefusal {
  const [member = 'metadata'] = path
  const error = member === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  return refuse(error, `${String(member)} ${detail}`)
}
