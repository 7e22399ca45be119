/** Which ids a client may be given. */
import { isUuid } from '../kit/patterns.ts'

/** Names of the server's own clients and words that log readers would take for something else. */
const reservedPrefixes = ['authly', 'admin:', 'system', 'anonymous', 'urn:']

/** What is wrong with a wished client id; undefined when nothing is. */
export function clientIdFault(clientId: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._~-]{2,127}$/.test(clientId)) {
    return 'must have 3 to 128 letters, digits, dots, hyphens, underscores or tildes, and begin with a letter or digit'
  }
  // RFC 9068 §5: `sub` of a service's token is its client id. One that looks like a user id would let a client
  // pass for a person at a resource server that looks at `sub` alone.
  if (isUuid(clientId)) return 'must not look like a user id (RFC 9068 §5)'
  const reserved = reservedPrefixes.find((prefix) => clientId.toLowerCase().startsWith(prefix))
  return reserved === undefined ? undefined : `must not begin with ${reserved}`
}
