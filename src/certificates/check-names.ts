/** What a client may register as its name in certificates: something that a certificate can contain. */
import { parseIpAddress } from '../kit/ip-address.ts'
import { parseDistinguishedName } from './distinguished-name.ts'
import type { nameMembers } from './match-name.ts'

const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const hostName = new RegExp(`^${label}(?:\\.${label})*$`)

const checks: Readonly<Record<(typeof nameMembers)[number], (value: string) => string | undefined>> = {
  tls_client_auth_subject_dn: (value) =>
    parseDistinguishedName(value) ? undefined : 'must be a distinguished name as text (RFC 4514)',
  // A wildcard is what a certificate says about several hosts; a client is one.
  tls_client_auth_san_dns: (value) =>
    hostName.test(value) ? undefined : 'must be a DNS name in ASCII, without wildcard',
  tls_client_auth_san_uri: (value) => (/^[\x21-\x7e]+$/.test(value) ? undefined : 'must be a URI in ASCII'),
  tls_client_auth_san_ip: (value) => (parseIpAddress(value) ? undefined : 'must be an IP address'),
  tls_client_auth_san_email: (value) =>
    /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/.test(value)
      ? undefined
      : 'must be an e-mail address in ASCII',
}

/** The faults of `value` as that member. */
export function nameFaults(member: (typeof nameMembers)[number], value: string): readonly string[] {
  const fault = checks[member](value)
  return fault === undefined ? [] : [fault]
}
