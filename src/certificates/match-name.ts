/** Which name in a certificate identifies a client of `tls_client_auth` (RFC 8705 §2.1.2). */
import { parseIpAddress } from '../kit/ip-address.ts'
import { isSameName, parseDistinguishedName } from './distinguished-name.ts'
import type { ParsedCertificate } from './parse-certificate.ts'

type Matcher = (certificate: ParsedCertificate, expected: string) => boolean

/** By client metadata member. */
const matchers = {
  tls_client_auth_subject_dn: ({ subject }, expected) => {
    const name = parseDistinguishedName(expected)
    return name !== undefined && name.length > 0 && isSameName(subject, name)
  },
  /** The case of host names means nothing (RFC 4343). A wildcard in the certificate is a name like any other. */
  tls_client_auth_san_dns: ({ names }, expected) =>
    names.dns.some((name) => name.toLowerCase() === expected.toLowerCase()),
  tls_client_auth_san_uri: ({ names }, expected) => names.uri.includes(expected),
  /** In binary: one address has many texts. */
  tls_client_auth_san_ip: ({ names }, expected) => {
    const address = parseIpAddress(expected)
    return names.ip.map(parseIpAddress).some((name) => isSameAddress(name, address))
  },
  /** Only the host is without case (RFC 5280 §7.5). */
  tls_client_auth_san_email: ({ names }, expected) => names.email.map(mailbox).includes(mailbox(expected)),
} as const satisfies Record<string, Matcher>

const isSameAddress = (
  left: ReturnType<typeof parseIpAddress>,
  right: ReturnType<typeof parseIpAddress>,
): boolean => left !== undefined && left.bits === right?.bits && left.value === right.value

const mailbox = (address: string): string => {
  const at = address.lastIndexOf('@')
  return address.slice(0, at) + address.slice(at).toLowerCase()
}

type NameMember = keyof typeof matchers

/** The members of a client that may name it in its certificate. */
export const nameMembers = Object.keys(matchers) as readonly NameMember[]

/** Whether the certificate has the one name that is registered. */
export function hasRegisteredName(
  certificate: ParsedCertificate,
  client: Readonly<Record<NameMember, string | undefined>>,
): boolean {
  const registered = nameMembers.filter((member) => client[member] !== undefined)
  const [member] = registered
  // §2.1.2: exactly one. With several it would be unclear whether any or all of them must fit.
  if (member === undefined || registered.length > 1) return false
  return matchers[member](certificate, client[member] ?? '')
}
