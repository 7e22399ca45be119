/**
 * Server metadata (OpenID Connect Discovery §3, RFC 8414). Derived from the lists the server itself uses, and from
 * the configured issuer; never from request headers, which an attacker may choose.
 */
import { aliasedEndpoints, type MtlsSettings } from '../certificates/mtls-settings.ts'
import { encryptedResponses } from '../clients/encryption.ts'
import type { Profile } from '../clients/profile.ts'
import { termsOf } from '../clients/profiles/index.ts'
import { contentEncryptions, decryptionAlgs, encryptionAlgs, signingAlgs } from '../keys/algorithms.ts'
import { supportedLanguages } from '../messages/languages.ts'
import { displays } from '../oauth/authorize/check-display.ts'
import { prompts } from '../oauth/authorize/check-prompt.ts'
import { responseTypes } from '../oauth/authorize/check-response-type.ts'
import { responseModes } from '../oauth/authorize/response-modes/index.ts'
import { offeredAuthenticators } from '../oauth/client-auth/index.ts'
import { grantTypes } from '../oauth/grants/index.ts'
import { userClaims } from '../protocol/claims.ts'
import { assertionSigningAlgs } from '../protocol/client-auth-methods.ts'
import { dpopSigningAlgs } from '../protocol/dpop-words.ts'
import { codeChallengeMethods } from '../protocol/pkce.ts'
import { identityScopes } from '../protocol/scope-parameter.ts'

/** Clients that register themselves (RFC 7591), and that their document describes. */
export interface UnregisteredClients {
  readonly registration: boolean
  readonly documents: boolean
}

export const noneUnregistered: UnregisteredClients = { registration: false, documents: false }

/** OpenID Connect Session Management 1.0 §3.3. */
export const checkSessionPath = '/oidc/check-session'

/** Of each response that can be encrypted to a client. */
const encryptionMetadata: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  encryptedResponses.flatMap((response) => [
    [`${response}_encryption_alg_values_supported`, encryptionAlgs],
    [`${response}_encryption_enc_values_supported`, contentEncryptions],
  ]),
)

/** What is not the same at every deployment. */
export interface SwitchedOn {
  /** What the steps of signing in reach (`reachableClasses`). */
  readonly acrValues: readonly string[]
  /** People can make accounts of their own. */
  readonly registers: boolean
  /** Which clients are taken that no administrator registered. */
  readonly unregistered: UnregisteredClients
  /** Every client must push its authorization requests. */
  readonly requiresPushed: boolean
  /** Of clients that have none of their own. */
  readonly profile: Profile
  /** Mutual TLS; undefined: off. */
  readonly mtls: MtlsSettings | undefined
  /** OpenID Connect Session Management 1.0. */
  readonly checksSessions: boolean
  /** Types of authorization details (RFC 9396). */
  readonly detailsTypes: readonly string[]
}

/**
 * The metadata document of `issuer`: what clients of the deployment's profile can use. One that has a profile of its
 * own is told of it when it is registered.
 * @param is what is switched on, by configuration, settings and what administrators registered
 */
export function serverMetadata(issuer: string, is: SwitchedOn) {
  const { rules, members } = termsOf(is.profile)
  const allowed = <Alg extends string>(algs: readonly Alg[]): readonly Alg[] =>
    algs.filter((alg) => rules.signing_algs?.includes(alg) ?? true)
  const assertionAlgs = allowed(assertionSigningAlgs)
  const tokenAlgs = allowed(signingAlgs)
  const authMethods = offeredAuthenticators(is.mtls)
    .map(({ method }) => method)
    .filter((method) => rules.auth_methods?.includes(method) ?? true)
  const confidentialMethods = authMethods.filter((method) => method !== 'none')
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
    // RFC 9126 §5: of every client.
    require_pushed_authorization_requests:
      is.requiresPushed || members.require_pushed_authorization_requests === true,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oidc/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    end_session_endpoint: `${issuer}/oidc/logout`,
    ...(is.checksSessions && { check_session_iframe: `${issuer}${checkSessionPath}` }),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    ...(is.unregistered.registration && { registration_endpoint: `${issuer}/oauth/register` }),
    ...(is.unregistered.documents && { client_id_metadata_document_supported: true }),
    scopes_supported: [...identityScopes],
    response_types_supported: responseTypes,
    response_modes_supported: responseModes
      .filter(({ signed }) => signed || !rules.signed_response_required)
      .map(({ mode }) => mode),
    grant_types_supported: grantTypes.map(({ type }) => type),
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    introspection_endpoint_auth_methods_supported: confidentialMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    code_challenge_methods_supported: codeChallengeMethods,
    dpop_signing_alg_values_supported: allowed(dpopSigningAlgs),
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: tokenAlgs,
    userinfo_signing_alg_values_supported: tokenAlgs,
    authorization_signing_alg_values_supported: tokenAlgs,
    introspection_signing_alg_values_supported: tokenAlgs,
    ...encryptionMetadata,
    acr_values_supported: is.acrValues,
    display_values_supported: displays,
    prompt_values_supported: is.registers ? prompts : prompts.filter((prompt) => prompt !== 'create'),
    claim_types_supported: ['normal'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'azp',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'acr',
      'amr',
      'sid',
      'at_hash',
      ...userClaims,
    ],
    ...(is.detailsTypes.length > 0 ? { authorization_details_types_supported: is.detailsTypes } : {}),
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    // RFC 9101 §10.5: of every client.
    require_signed_request_object: members.require_signed_request_object === true,
    request_object_signing_alg_values_supported: assertionAlgs,
    request_object_encryption_alg_values_supported: decryptionAlgs,
    request_object_encryption_enc_values_supported: contentEncryptions,
    authorization_response_iss_parameter_supported: true,
    ui_locales_supported: supportedLanguages,
  }
  return is.mtls ? { ...metadata, ...mtlsMetadata(metadata, is.mtls) } : metadata
}

/** RFC 8705 §3.3 and §5. Without a host of its own no endpoint has an alias. */
function mtlsMetadata(metadata: Readonly<Record<string, unknown>>, { origin }: MtlsSettings) {
  const aliased = aliasedEndpoints.flatMap((name) => {
    const url = metadata[name]
    return typeof url === 'string' ? [[name, origin + new URL(url).pathname]] : []
  })
  return {
    tls_client_certificate_bound_access_tokens: true,
    ...(origin === metadata['issuer'] ? {} : { mtls_endpoint_aliases: Object.fromEntries(aliased) }),
  }
}
