/** Rules for chosen client ids. */
import { isUuid } from '../kit/patterns.ts'

/** Ids of the server's own clients, and words that would mislead in the log. */
const reservedPrefixes = ['authly', 'admin:', 'system', 'anonymous', 'urn:']

/** The fault of a requested client id; undefined when there is none. */
export function clientIdFault(clientId: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._~-]{2,127}$/.test(clientId)) {
    return 'must have 3 to 128 letters, digits, dots, hyphens, underscores or tildes, and begin with a letter or digit'
  }
  // RFC 9068 §5: the `sub` of a service's token is its client id. One that looks like a user id would let a client
  // impersonate a user at a resource server that looks at `sub` alone.
  if (isUuid(clientId)) return 'must not look like a user id (RFC 9068 §5)'
  const reserved = reservedPrefixes.find((prefix) => clientId.toLowerCase().startsWith(prefix))
  return reserved === undefined ? undefined : `must not begin with ${reserved}`
}
