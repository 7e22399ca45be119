/** What is read as a certificate: odd ones by OpenSSL and by hand (`corpus.json`), and what chance makes of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasRegisteredName } from '../../src/certificates/match-name.ts'
import { parseCertificate, validityFault } from '../../src/certificates/parse-certificate.ts'
import { readCertificate } from '../../src/certificates/presented-certificate.ts'
import { verifyKey } from '../../src/certificates/verify-certificate.ts'
import { aClient } from '../fakes/client.ts'
import saved from './corpus.json' with { type: 'json' }

interface Sample {
  readonly what: string
  readonly isRead: boolean
  readonly der: string
}
const corpus: readonly Sample[] = saved
const samples = corpus.map(({ der }) => Uint8Array.from(Buffer.from(der, 'base64')))

const mtls = { origin: 'https://auth.example', front: 'proxy', verifiesChains: true } as const
/** As it arrives: in a header. */
function read(base64: string) {
  const request = new Request(mtls.origin, { headers: { 'client-cert': `:${base64}:` } })
  const presented = readCertificate(request, { mtls })
  return presented.ok ? parseCertificate(presented.value.der) : undefined
}
const named = (what: string) => read(corpus.find((sample) => sample.what === what)?.der ?? '')

describe('a certificate of the corpus', () => {
  it.each(corpus)('with $what is read: $isRead', ({ der, isRead }) => {
    expect(read(der) !== undefined).toBe(isRead)
  })

  it('has exactly the names that stand in it', () => {
    expect(named('no subject, and a critical alternative name')).toMatchObject({
      ...{ subject: [], names: { dns: ['a.example'] } },
    })
    expect(named('a NUL in a DNS name')?.names.dns).toEqual(['a.example\0.evil.example'])
    expect(named('alternative names of kinds that identify no client')?.names).toEqual({
      ...{ dns: [], uri: [], ip: [], email: [] },
    })
    expect(named('an end in the year 9966')?.notAfter).toBeGreaterThan(Date.UTC(9000))
  })

  it('without subject is nobody’s by a subject', () => {
    const parsed = named('no subject, and a critical alternative name')
    if (!parsed) throw new Error('is a certificate')
    for (const tls_client_auth_subject_dn of ['', ',', 'CN=']) {
      expect(hasRegisteredName(parsed, aClient({ tls_client_auth_subject_dn }))).toBe(false)
    }
  })
})

describe('what chance makes of certificates', () => {
  const spliced = fc
    .tuple(
      fc.constantFrom(...samples),
      fc.constantFrom(...samples),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 255 })), { maxLength: 4 }),
    )
    .map(([left, right, from, to, changes]) => {
      const der = Uint8Array.from([
        ...left.subarray(0, Math.floor(left.length * from)),
        ...right.subarray(Math.floor(right.length * to)),
      ])
      for (const [at, byte] of changes) if (at < der.length) der[at] = byte
      return der
    })

  it('is read or refused, matched or not: nothing throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(spliced, fc.uint8Array({ maxLength: 400 })), async (der) => {
        read(Buffer.from(der).toString('base64'))
        const parsed = parseCertificate(der)
        const key = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }
        const verified = await verifyKey({ der, distrust: undefined }, [key], Date.now())
        expect(verified.reason).toBeDefined()
        if (!parsed) return
        validityFault(parsed, Date.now())
        const client = aClient({ tls_client_auth_san_dns: 'nobody.example' })
        expect(hasRegisteredName(parsed, client)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })
})
