/** What the certificate of a connection proves about a client (RFC 8705 §2). Each answer is a reason for the log. */
import { isRegisteredKey } from './match-key.ts'
import { hasRegisteredName } from './match-name.ts'
import { parseCertificate, validityFault } from './parse-certificate.ts'
import type { PresentedCertificate } from './presented-certificate.ts'

const malformed = 'the certificate is malformed'

/** §2.1: its chain is trusted, and the registered name stands in it. @returns undefined if it is the client's */
export function verifyName(
  { der }: PresentedCertificate,
  client: Parameters<typeof hasRegisteredName>[1],
  now: number,
): string | undefined {
  const certificate = parseCertificate(der)
  if (!certificate) return malformed
  const fault = validityFault(certificate, now)
  if (fault !== undefined) return fault
  return hasRegisteredName(certificate, client) ? undefined : 'the certificate names somebody else'
}

/** §2.2: it is a registered one, and valid now. */
export async function verifyKey(
  { der }: PresentedCertificate,
  keys: Parameters<typeof isRegisteredKey>[2],
  now: number,
): Promise<{ readonly reason: string | undefined; readonly keyMayBeNew: boolean }> {
  const certificate = parseCertificate(der)
  if (!certificate) return { reason: malformed, keyMayBeNew: false }
  const fault = validityFault(certificate, now)
  if (fault !== undefined) return { reason: fault, keyMayBeNew: false }
  const isRegistered = await isRegisteredKey(der, certificate, keys)
  return { reason: isRegistered ? undefined : 'the key is not registered', keyMayBeNew: !isRegistered }
}
