/** A client as it is served: what its profile pins is applied to what was registered. */
import type { Client, RegisteredClient } from './client.ts'
import { baseRules } from './profile.ts'

/** Members that a copy lacks which a version of the server from before them has put into the cache. */
const newMembers = {
  origin: 'administrator',
  reviewed: true,
  fingerprint: undefined,
  profile: undefined,
  require_pushed_authorization_requests: false,
  require_signed_request_object: false,
  dpop_bound_access_tokens: false,
  tls_client_certificate_bound_access_tokens: false,
} as const satisfies Partial<RegisteredClient>

const served = new WeakMap<RegisteredClient, Client>()

/** Remembered by the registered client, because every protocol request needs it. */
export function applyProfile(registered: RegisteredClient): Client {
  let client = served.get(registered)
  if (!client) {
    client = { ...newMembers, ...registered, rules: baseRules }
    served.set(registered, client)
  }
  return client
}
