/**
 * The certificate that a client proved possession of in its TLS handshake, as reported by who ended that handshake:
 * `AUTHLY_CLIENT_ADDRESS` says who that is. Attack: certificates are public, so anybody could send another client's in a
 * header. A header counts only where a proxy is in front that replaces it.
 */
import { fromBase64 } from '../kit/base64.ts'
import { encodeBase64Url } from '../kit/base64url.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { MtlsSettings } from './mtls-settings.ts'

export interface PresentedCertificate {
  readonly der: Uint8Array<ArrayBuffer>
  /** Why its chain is not trusted; undefined: it leads to a trusted authority, and it is not revoked. */
  readonly distrust: string | undefined
}

export interface CertificateSettings {
  readonly mtls?: MtlsSettings | undefined
}

/** The value of a `Client-Cert` field (RFC 9440 §2.1): one byte sequence (RFC 9651 §3.3.5), without parameters. */
const byteSequence =
  /^:((?:[A-Za-z0-9+/]{4})+|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)):$/
/** What Cloudflare passes on at most; no certificate of a client needs more. */
const maxEncodedLength = 10 * 1024

/**
 * Reads the certificate of a request, without parsing it: most requests that carry one do not need it.
 * @returns an error for the log: none was presented, or it did not arrive whole
 */
export function readCertificate(
  request: Request,
  { mtls }: CertificateSettings,
): Result<PresentedCertificate, string> {
  if (mtls === undefined) return err('mutual TLS is not configured')
  return mtls.front === 'cloudflare'
    ? readCloudflare(request)
    : readProxy(request.headers.get('client-cert'), mtls.verifiesChains)
}

/** `cf.tlsClientAuth`: it has the certificate whatever the validation said. Members that are missing count against it. */
function readCloudflare(request: Request): Result<PresentedCertificate, string> {
  const tls = (request as { cf?: { tlsClientAuth?: Readonly<Record<string, unknown>> | null } }).cf
    ?.tlsClientAuth
  if (tls?.['certPresented'] !== '1') return err('no certificate')
  // Nobody proves anything with a certificate that its authority has withdrawn.
  if (tls['certRevoked'] !== '0') return err('the certificate is revoked')
  const encoded = tls['certRFC9440']
  if (tls['certRFC9440TooLarge'] === true) return err('the certificate is too large')
  if (typeof encoded !== 'string' || encoded === '') return err('the certificate was not passed on')
  const verified = tls['certVerified']
  return decode(
    encoded,
    verified === 'SUCCESS' ? undefined : `not verified (${String(verified).slice(0, 100)})`,
  )
}

function readProxy(header: string | null, verifiesChains: boolean): Result<PresentedCertificate, string> {
  if (header === null) return err('no certificate')
  return decode(header, verifiesChains ? undefined : 'the proxy does not verify certificates')
}

function decode(encoded: string, distrust: string | undefined): Result<PresentedCertificate, string> {
  if (encoded.length > maxEncodedLength) return err('the certificate is too large')
  const content = byteSequence.exec(encoded)?.[1]
  if (content === undefined) return err('the certificate is malformed')
  const der = fromBase64(content)
  return isWholeSequence(der) ? ok({ der, distrust }) : err('the certificate is truncated')
}

/** Whether the bytes are one DER SEQUENCE from the first to the last (X.690 §8.1): nothing is missing or added. */
function isWholeSequence(der: Uint8Array): boolean {
  const [tag, first = 0x80] = der
  if (tag !== 0x30) return false
  if (first < 0x80) return der.length === 2 + first
  const count = first & 0x7f
  if (count === 0 || count > 3) return false
  const length = der.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0)
  return der.length === 2 + count + length
}

/** `x5t#S256` (RFC 8705 §3.1): what a token is bound to. */
export const thumbprintOf = async ({ der }: PresentedCertificate): Promise<string> =>
  encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', der)))
