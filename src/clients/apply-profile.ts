/** A client as it is served: what its profile pins is applied to what was registered. */
import type { Client, RegisteredClient } from './client.ts'
import { type Profile, profiles } from './profile.ts'
import { demandsOf, type ProfileTerms, termsOf } from './profiles/index.ts'

/** Members that a copy lacks which a version of the server from before them has put into the cache. */
const newMembers = {
  origin: 'administrator',
  reviewed: true,
  fingerprint: undefined,
  profile: undefined,
  initiate_login_uri: undefined,
  backchannel_logout_uri: undefined,
  backchannel_logout_session_required: false,
  frontchannel_logout_uri: undefined,
  frontchannel_logout_session_required: false,
  require_pushed_authorization_requests: false,
  require_signed_request_object: false,
  request_object_signing_alg: undefined,
  request_object_encryption_alg: undefined,
  request_object_encryption_enc: undefined,
  request_uris: [],
  dpop_bound_access_tokens: false,
  tls_client_certificate_bound_access_tokens: false,
  authorization_details_types: [],
  tls_client_auth_subject_dn: undefined,
  tls_client_auth_san_dns: undefined,
  tls_client_auth_san_uri: undefined,
  tls_client_auth_san_ip: undefined,
  tls_client_auth_san_email: undefined,
} as const satisfies Partial<RegisteredClient>

/**
 * A newer version of the server, which runs beside this one or was rolled back, may have registered a profile that is
 * not known here: what it demands is demanded rather twice than not at all.
 */
const knownProfile = (profile: Profile): Profile => (profiles.includes(profile) ? profile : strictest)
const strictest: Profile = 'fapi2-message-signing'

const terms = new Map<Profile, ProfileTerms>()

function rememberedTerms(profile: Profile): ProfileTerms {
  let known = terms.get(profile)
  if (!known) {
    known = termsOf(profile)
    terms.set(profile, known)
  }
  return known
}

const served = new WeakMap<RegisteredClient, { readonly deployment: Profile; readonly client: Client }>()

/**
 * Remembered by the registered client, because every protocol request needs it.
 * @param deployment the profile of clients that have none of their own
 */
export function applyProfile(registered: RegisteredClient, deployment: Profile): Client {
  const known = served.get(registered)
  if (known?.deployment === deployment) return known.client
  const profile = knownProfile(registered.profile ?? deployment)
  const { rules, members } = rememberedTerms(profile)
  let pinned: RegisteredClient = { ...newMembers, ...registered, ...members }
  for (const { pins } of demandsOf(profile)) {
    if (pins) pinned = { ...pinned, ...pins(pinned) }
  }
  const client = { ...pinned, rules }
  served.set(registered, { deployment, client })
  return client
}
