/** By what name the hosted pages call an application. */
import type { Client } from '../clients/client.ts'

/**
 * Its name, or the place where it lives if nobody reviewed it. Attack: an application that anybody can register calls
 * itself as a known one does, and people sign in for it; any name can be chosen, but not any host.
 */
export function shownName(client: Client): string {
  if (client.reviewed) return client.client_name
  const address = client.origin === 'document' ? client.client_id : client.redirect_uris[0]
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
  // Addresses of programs on the machine have a scheme of their own and no host.
  return url === undefined ? client.client_id : url.host || url.protocol.slice(0, -1)
}
