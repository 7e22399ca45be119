/**
 * A manufacturer of authenticators: a root certificate, and batch certificates as `packed` attestation demands them (Web
 * Authentication §8.2.1), written in DER (RFC 5280).
 */
import type { CborValue } from './cbor.ts'
import { generateKeys, sign } from './cose-keys.ts'
import { concat, type StatementOf } from './software-authenticator.ts'

export interface AttestationAuthority {
  /** PEM. */
  readonly root: string
  /** Statements of authenticators of this model. */
  attest(aaguid: string): StatementOf
}

const year = 365 * 86_400_000

export async function createAttestationAuthority(name: string): Promise<AttestationAuthority> {
  const rootKeys = await generateKeys('ES256')
  const rootName = nameOf([[oids.commonName, name]])
  const root = await certificate({
    ...{ subject: rootName, issuer: rootName, key: rootKeys.publicKey, signer: rootKeys.privateKey },
    extensions: [basicConstraints(true)],
  })
  return {
    root: pemOf(root),
    attest: (aaguid) => async (signed) => {
      const keys = await generateKeys('ES256')
      const leaf = await certificate({
        subject: nameOf([
          [oids.country, 'SE'],
          [oids.organization, name],
          [oids.organizationalUnit, 'Authenticator Attestation'],
          [oids.commonName, `${name} batch`],
        ]),
        ...{ issuer: rootName, key: keys.publicKey, signer: rootKeys.privateKey },
        extensions: [basicConstraints(false), extension(oids.aaguid, der(0x04, hex(aaguid)))],
      })
      const attStmt = new Map<string, CborValue>([
        ['alg', -7],
        ['sig', await sign('ES256', keys.privateKey, signed)],
        ['x5c', [leaf]],
      ])
      return { fmt: 'packed', attStmt }
    },
  }
}

const oids = {
  commonName: [0x55, 0x04, 0x03],
  country: [0x55, 0x04, 0x06],
  organization: [0x55, 0x04, 0x0a],
  organizationalUnit: [0x55, 0x04, 0x0b],
  basicConstraints: [0x55, 0x1d, 0x13],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  /** id-fido-gen-ce-aaguid. */
  aaguid: [0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xe5, 0x1c, 0x01, 0x01, 0x04],
} as const

interface CertificateParts {
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly key: CryptoKey
  readonly signer: CryptoKey
  readonly extensions: readonly Uint8Array[]
}

async function certificate(parts: CertificateParts): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = sequence(oid(oids.ecdsaWithSha256))
  const publicKey = new Uint8Array((await crypto.subtle.exportKey('spki', parts.key)) as ArrayBuffer)
  const serial = Uint8Array.of(1, ...crypto.getRandomValues(new Uint8Array(8)))
  const signedPart = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, serial),
    algorithm,
    parts.issuer,
    sequence(time(Date.now() - year), time(Date.now() + year)),
    parts.subject,
    publicKey,
    der(0xa3, sequence(...parts.extensions)),
  )
  const signature = await sign('ES256', parts.signer, signedPart)
  return sequence(signedPart, algorithm, der(0x03, Uint8Array.of(0), signature))
}

const nameOf = (attributes: readonly (readonly [readonly number[], string])[]): Uint8Array =>
  sequence(
    ...attributes.map(([id, text]) =>
      der(0x31, sequence(oid(id), der(0x13, new TextEncoder().encode(text)))),
    ),
  )

const basicConstraints = (isAuthority: boolean): Uint8Array =>
  extension(oids.basicConstraints, sequence(...(isAuthority ? [der(0x01, Uint8Array.of(0xff))] : [])), true)

const extension = (id: readonly number[], value: Uint8Array, isCritical = false): Uint8Array =>
  sequence(oid(id), ...(isCritical ? [der(0x01, Uint8Array.of(0xff))] : []), der(0x04, value))

const time = (at: number): Uint8Array => {
  const text = new Date(at).toISOString().replace(/^..|[-:T]|\.\d+/g, '')
  return der(0x17, new TextEncoder().encode(text))
}

const oid = (bytes: readonly number[]): Uint8Array => der(0x06, Uint8Array.from(bytes))
const sequence = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => der(0x30, ...parts)

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(...parts)
  const { length } = content
  if (length < 0x80) return concat(Uint8Array.of(tag, length), content)
  if (length < 0x100) return concat(Uint8Array.of(tag, 0x81, length), content)
  return concat(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), content)
}

const hex = (uuid: string): Uint8Array =>
  Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

function pemOf(certificateBytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...certificateBytes))
  const lines = base64.match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
