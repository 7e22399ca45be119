/** Real X.509 certificates for tests, and the ways they arrive. */
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  type JsonName,
  Name,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

export { Name }

export type SubjectNames = ConstructorParameters<typeof SubjectAlternativeNameExtension>[0]

export interface CertificateOptions {
  readonly subject?: string | JsonName | Name
  readonly names?: SubjectNames
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly keys?: CryptoKeyPair
  /** Who signs it; itself when left out. */
  readonly issuer?: MadeCertificate
  /** May sign others (RFC 5280 §4.2.1.9). */
  readonly isAuthority?: boolean
}

export interface MadeCertificate {
  readonly der: Uint8Array<ArrayBuffer>
  readonly pem: string
  readonly subject: Name
  readonly keys: CryptoKeyPair
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export const makeKeys = (algorithm: { name: string } = p256) =>
  crypto.subtle.generateKey(algorithm as never, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

export async function makeCertificate(options: CertificateOptions = {}): Promise<MadeCertificate> {
  const { subject = 'CN=app', names, issuer } = options
  const keys = options.keys ?? (await makeKeys())
  const name = subject instanceof Name ? subject : new Name(subject as string)
  const signer = issuer?.keys ?? keys
  const certificate = await X509CertificateGenerator.create({
    serialNumber: crypto.randomUUID().replaceAll('-', ''),
    subject: name.toArrayBuffer() as never,
    issuer: (issuer?.subject ?? name).toArrayBuffer() as never,
    notBefore: options.notBefore ?? new Date('2020-01-01T00:00:00Z'),
    notAfter: options.notAfter ?? new Date('2049-01-01T00:00:00Z'),
    signingAlgorithm: { ...signer.privateKey.algorithm, hash: 'SHA-256' } as never,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    extensions: [
      ...(names ? [new SubjectAlternativeNameExtension(names)] : []),
      ...(options.isAuthority ? [new BasicConstraintsExtension(true)] : []),
    ],
  })
  return {
    der: new Uint8Array(certificate.rawData) as Uint8Array<ArrayBuffer>,
    pem: certificate.toString('pem'),
    subject: name,
    keys,
  }
}

export const base64Of = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** The value of `Client-Cert` (RFC 9440 §2.1). */
export const fieldOf = ({ der }: Pick<MadeCertificate, 'der'>): string => `:${base64Of(der)}:`

/** `request.cf` of a request over Cloudflare that presented it. */
export const cloudflareOf = (certificate: Pick<MadeCertificate, 'der'>, changed: object = {}) => ({
  tlsClientAuth: {
    certPresented: '1',
    certVerified: 'SUCCESS',
    certRevoked: '0',
    certRFC9440: fieldOf(certificate),
    certRFC9440TooLarge: false,
    ...changed,
  },
})

/** `request.cf` where no certificate was presented. */
export const withoutCertificate = {
  tlsClientAuth: {
    ...{ certPresented: '0', certVerified: 'NONE', certRevoked: '0' },
    ...{ certRFC9440: '', certRFC9440TooLarge: false },
  },
}
