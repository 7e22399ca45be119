/** The subject by which a client knows a user (OpenID Connect Core §8). */

import type { Client } from '../clients/client.ts'
import { isLoopbackHost } from '../kit/public-host.ts'
import type { RootSecret } from '../kit/root-secret.ts'

/**
 * Clients of one sector share a pairwise subject; different sectors cannot correlate theirs without our key
 * (§8.1).
 */
export async function subjectFor(root: RootSecret, client: Client, userId: string): Promise<string> {
  if (client.subject_type === 'public') return userId
  return root.lastingMac('pairwise-subject', `${sectorOf(client)}|${userId}`)
}

/**
 * The host of the redirect URI, if it identifies an owner. Private-use schemes have no host and all native
 * applications share the loopback address: such an application is its own sector.
 */
function sectorOf(client: Client): string {
  if (client.sector_identifier) return client.sector_identifier
  const { host, hostname } = new URL(client.redirect_uris[0] ?? 'none:')
  return host === '' || isLoopbackHost(hostname) ? client.client_id : host
}

/**
 * The `sid` claim: identifies a session to one client, so that two clients cannot correlate sessions. A client
 * compares it with what it stored at sign-in, so it stays the same when the root secret is rotated.
 */
export const sessionIdFor = async (root: RootSecret, clientId: string, sessionId: string): Promise<string> =>
  root.lastingMac('sid', `${clientId}|${sessionId}`)
