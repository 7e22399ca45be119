/** Who is believed about a client's certificate (RFC 8705 §6.5, RFC 9440 §4). */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MtlsSettings } from '../../src/certificates/mtls-settings.ts'
import { readCertificate, thumbprintOf } from '../../src/certificates/presented-certificate.ts'
import {
  cloudflareOf,
  fieldOf,
  type MadeCertificate,
  makeCertificate,
  withoutCertificate,
} from '../fakes/certificates.ts'

const origin = 'https://mtls.auth.example'
const cloudflare: MtlsSettings = { origin, front: 'cloudflare', verifiesChains: true }
const verifying: MtlsSettings = { origin, front: 'proxy', verifiesChains: true }
const trusting: MtlsSettings = { origin, front: 'proxy', verifiesChains: false }

const read = (mtls: MtlsSettings | undefined, headers: Record<string, string>, cf?: object) =>
  readCertificate(Object.assign(new Request(origin, { headers }), cf ? { cf } : {}), { mtls })

let certificate: MadeCertificate
beforeAll(async () => {
  certificate = await makeCertificate()
})

describe('a certificate by Cloudflare', () => {
  it('is trusted only if it was verified and is not revoked (cf.tlsClientAuth)', () => {
    const presented = read(cloudflare, {}, cloudflareOf(certificate))
    expect(presented).toEqual({ ok: true, value: { der: certificate.der, distrust: undefined } })
  })

  it.each([
    'FAILED:self signed certificate',
    'FAILED:unable to get local issuer certificate',
    'NONE',
    '',
    'success',
    true,
    undefined,
  ])('whose validation says %j is not trusted, and still read', (certVerified) => {
    const presented = read(cloudflare, {}, cloudflareOf(certificate, { certVerified }))
    expect(presented.ok && presented.value.distrust).toMatch(/^not verified/)
  })

  it.each([
    ['that was not presented', { certPresented: '0' }],
    ['that is said to be there by another word', { certPresented: true }],
    ['that is revoked', { certRevoked: '1' }],
    ['of which nobody says whether it is revoked', { certRevoked: undefined }],
    ['that is too large', { certRFC9440: '', certRFC9440TooLarge: true }],
    ['that is said to be too large and is there', { certRFC9440TooLarge: true }],
    ['that was not passed on', { certRFC9440: '' }],
    ['that an older platform does not pass on', { certRFC9440: undefined }],
  ])('%s is none', (_what, changed) => {
    expect(read(cloudflare, {}, cloudflareOf(certificate, changed)).ok).toBe(false)
  })

  it.each([
    ['no cf object', undefined],
    ['no tlsClientAuth', {}],
    ['null', { tlsClientAuth: null }],
    ['placeholders', withoutCertificate],
  ])('is none with %s', (_what, cf) => {
    expect(read(cloudflare, {}, cf).ok).toBe(false)
  })

  it('is never taken from a header, which every caller can send through Cloudflare', () => {
    const headers = { 'client-cert': fieldOf(certificate), 'client-cert-chain': fieldOf(certificate) }
    expect(read(cloudflare, headers, withoutCertificate).ok).toBe(false)
    expect(read(cloudflare, headers).ok).toBe(false)
  })
})

describe('a certificate by a proxy', () => {
  it('is that of Client-Cert (RFC 9440 §2.2), trusted only where the proxy verifies chains', () => {
    const headers = { 'client-cert': fieldOf(certificate) }
    expect(read(verifying, headers)).toEqual({
      ok: true,
      value: { der: certificate.der, distrust: undefined },
    })
    const presented = read(trusting, headers)
    expect(presented.ok && presented.value.distrust).toMatch(/does not verify/)
  })

  it('is never taken from a cf object: no proxy makes one', () => {
    expect(read(verifying, {}, cloudflareOf(certificate)).ok).toBe(false)
  })

  it.each([
    ['two values', (field: string) => `${field}, ${field}`],
    ['parameters', (field: string) => `${field};a=1`],
    ['no colons', (field: string) => field.slice(1, -1)],
    ['one colon', (field: string) => field.slice(0, -1)],
    ['nothing', () => ''],
    ['an empty byte sequence', () => '::'],
    ['base64url', () => ':_-8=:'],
    ['base64 without padding', () => ':MAA:'],
    ['white space', (field: string) => `${field.slice(0, 9)} ${field.slice(9)}`],
    ['PEM', () => '-----BEGIN CERTIFICATE-----'],
    ['a truncated certificate', (field: string) => `${field.slice(0, 401)}:`],
    ['a certificate and more', ({ length }: string) => `:${btoa('0\x00'.padEnd(length, 'x'))}:`],
    ['more than 10 KiB', () => `:${'MAAA'.repeat(2561)}:`],
    ['an indefinite length', () => ':MIAAAA==:'],
    ['a length of 2^32', () => ':MIQAAAAA:'],
  ])('is refused with %s', (_what, change) => {
    expect(read(verifying, { 'client-cert': change(fieldOf(certificate)) }).ok).toBe(false)
  })

  it('never breaks on what stands in the header', () => {
    const text = fc.oneof(
      fc.string().map((value) => value.replace(/[^\x20-\x7e]/g, '')),
      fc.uint8Array({ maxLength: 300 }).map((der) => fieldOf({ der: der as Uint8Array<ArrayBuffer> })),
    )
    fc.assert(
      fc.property(text, (value) => {
        const presented = read(verifying, { 'client-cert': value })
        if (presented.ok) expect(presented.value.der[0]).toBe(0x30)
      }),
    )
  })
})

describe('where mutual TLS is off', () => {
  it('no certificate counts, wherever it comes from', () => {
    expect(read(undefined, { 'client-cert': fieldOf(certificate) }, cloudflareOf(certificate)).ok).toBe(false)
  })
})

describe('the thumbprint of a certificate', () => {
  it('is SHA-256 of its DER in base64url (RFC 8705 §3.1)', async () => {
    const { createHash } = await import('node:crypto')
    const expected = createHash('sha256').update(certificate.der).digest('base64url')
    expect(await thumbprintOf({ der: certificate.der, distrust: undefined })).toBe(expected)
  })
})
