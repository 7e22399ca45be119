/** The subject a client knows a person by (OpenID Connect Core §8). */
import type { Client } from '../clients/client.ts'
import type { RootSecret } from '../kit/root-secret.ts'

/** Clients of one sector share a pairwise subject; two sectors cannot link theirs without our key (§8.1). */
export async function subjectFor(root: RootSecret, client: Client, userId: string): Promise<string> {
  if (client.subject_type === 'public') return userId
  return root.mac('pairwise-subject', `${sectorOf(client)}|${userId}`)
}

function sectorOf(client: Client): string {
  if (client.sector_identifier) return client.sector_identifier
  const [first] = client.redirect_uris
  return first === undefined ? client.client_id : new URL(first).host
}

/** The `sid` claim: names a session to one client, without letting two clients compare notes. */
export const sessionIdFor = async (root: RootSecret, clientId: string, sessionId: string): Promise<string> =>
  root.mac('sid', `${clientId}|${sessionId}`)
