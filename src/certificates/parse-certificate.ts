/** X.509 (RFC 5280), read by a library; imported only when a request needs what stands in a certificate. */
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  type AttributeValue,
  Certificate,
  id_ce_subjectAltName,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509'
import { type DistinguishedName, type NameValue, readStringValue } from './distinguished-name.ts'

export interface ParsedCertificate {
  /** In the order of the certificate. */
  readonly subject: DistinguishedName
  /** Subject alternative names (§4.2.1.6) of the kinds that identify clients. */
  readonly names: {
    readonly dns: readonly string[]
    readonly uri: readonly string[]
    readonly ip: readonly string[]
    readonly email: readonly string[]
  }
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo (§4.1.2.7), DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>
}

/** The first moment that a certificate can name (§4.1.2.5.1); the library reads what is no time as an earlier one. */
const firstTime = Date.UTC(1950, 0, 1)

/** @returns undefined for anything that is not a certificate */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): ParsedCertificate | undefined {
  try {
    const { tbsCertificate: body } = AsnConvert.parse(der, Certificate)
    const extensions = (body.extensions ?? []).filter(({ extnID }) => extnID === id_ce_subjectAltName)
    // §4.2: not more than one of a kind. Two parsers could read different ones.
    if (extensions.length > 1) return undefined
    const [extension] = extensions
    const names = extension ? [...AsnConvert.parse(extension.extnValue, SubjectAlternativeName)] : []
    const notBefore = body.validity.notBefore.getTime().getTime()
    const notAfter = body.validity.notAfter.getTime().getTime()
    if (!(notBefore >= firstTime && notAfter >= firstTime)) return undefined
    return {
      subject: [...body.subject].map((part) =>
        [...part].map(({ type, value }) => ({ type, value: toNameValue(value) })),
      ),
      names: {
        dns: names.flatMap(({ dNSName }) => dNSName ?? []),
        uri: names.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
        ip: names.flatMap(({ iPAddress }) => iPAddress ?? []),
        email: names.flatMap(({ rfc822Name }) => rfc822Name ?? []),
      },
      ...{ notBefore, notAfter },
      publicKey: new Uint8Array(AsnConvert.serialize(body.subjectPublicKeyInfo)),
    }
  } catch {
    return undefined
  }
}

/** The value as text, whichever of the string types it is encoded in. */
function toNameValue(value: AttributeValue): NameValue {
  const { anyValue } = value
  return anyValue === undefined
    ? { text: value.toString() }
    : (readStringValue(new Uint8Array(anyValue)) ?? { der: new Uint8Array(anyValue) })
}

/** Why the certificate is not valid now (§4.1.2.5); undefined: it is. */
export function validityFault({ notBefore, notAfter }: ParsedCertificate, now: number): string | undefined {
  if (now < notBefore) return 'the certificate is not valid yet'
  return now > notAfter ? 'the certificate has expired' : undefined
}
