/** By what name the hosted pages call an application. */
import type { Client } from '../clients/client.ts'

export type NamedClient = Pick<Client, 'client_id' | 'client_name' | 'origin' | 'redirect_uris' | 'reviewed'>

/**
 * Its name, or the place where it lives if nobody reviewed it. Attack: an application that anybody can register calls
 * itself as a known one does, and people sign in for it; any name can be chosen, but not any host.
 * @param redirectUri of the request that is answered, where there is one
 */
export function shownName(client: NamedClient, redirectUri: string | undefined): string {
  if (client.reviewed) return client.client_name
  if (client.origin === 'document') return placeOf(client.client_id)
  if (redirectUri !== undefined) return placeOf(redirectUri)
  // Attack: beside its own redirect URI it registers one of a bank, which nobody has to prove anything for.
  const [place, ...others] = new Set(client.redirect_uris.map(placeOf))
  return place === undefined || others.length > 0 ? client.client_id : place
}

/** Addresses of programs on the machine have a scheme of their own and no host. */
function placeOf(address: string): string {
  if (!URL.canParse(address)) return address
  const { host, protocol } = new URL(address)
  return host || protocol.slice(0, -1)
}
