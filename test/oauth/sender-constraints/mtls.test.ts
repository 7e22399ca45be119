/** Tokens bound to a certificate (RFC 8705 §3): when they are, and by what. */
import { beforeAll, describe, expect, it } from 'vitest'
import { calledOrigin, type MtlsSettings } from '../../../src/certificates/mtls-settings.ts'
import { thumbprintOf } from '../../../src/certificates/presented-certificate.ts'
import type { Client } from '../../../src/clients/client.ts'
import { baseRules } from '../../../src/clients/profile.ts'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import { checkSender } from '../../../src/oauth/sender-constraints/check-sender.ts'
import type { SenderNeeds } from '../../../src/oauth/sender-constraints/define-constraint.ts'
import { proveSender } from '../../../src/oauth/sender-constraints/prove-sender.ts'
import {
  cloudflareOf,
  type MadeCertificate,
  makeCertificate,
  withoutCertificate,
} from '../../fakes/certificates.ts'
import { aClient } from '../../fakes/client.ts'

const issuer = 'https://auth.example'
const mtls: MtlsSettings = { origin: 'https://mtls.auth.example', front: 'cloudflare', verifiesChains: true }
const needs = (on = true): SenderNeeds => ({
  config: { issuer, dpopNonce: 'no_client', mtls: on ? mtls : undefined },
  root: createRootSecret('A'.repeat(43)),
  now: () => Date.UTC(2026, 5, 1),
})
const request = (cf: object, headers: Record<string, string> = {}) =>
  Object.assign(new Request(`${issuer}/oauth/token`, { method: 'POST', headers }), { cf })

let certificate: MadeCertificate
let thumbprint: string
beforeAll(async () => {
  certificate = await makeCertificate()
  thumbprint = await thumbprintOf({ der: certificate.der, distrust: undefined })
})

describe('the tokens of a request', () => {
  const bound = aClient({ tls_client_certificate_bound_access_tokens: true })
  const somehow = { rules: { ...baseRules, sender_constraint_required: true } }
  const issued = (client: Client, cf: object, headers = {}, on = true) =>
    Promise.resolve(proveSender(needs(on), { client, request: request(cf, headers) }))

  it('are bound to the certificate, whoever made it, if the client says so (§3.4)', async () => {
    const unverified = cloudflareOf(certificate, { certVerified: 'FAILED:self signed certificate' })
    for (const cf of [cloudflareOf(certificate), unverified]) {
      expect(await issued(bound, cf)).toEqual({
        ok: true,
        value: expect.objectContaining({ token_type: 'Bearer', cnf: { 'x5t#S256': thumbprint } }),
      })
    }
  })

  it.each([
    ['no certificate', () => withoutCertificate],
    ['a revoked one', () => cloudflareOf(certificate, { certRevoked: '1' })],
    ['one that was too large', () => cloudflareOf(certificate, { certRFC9440TooLarge: true })],
    ['a truncated one', () => cloudflareOf({ der: certificate.der.slice(0, 99) })],
  ])('are then refused with %s: invalid_request', async (_what, cf) => {
    const proven = await issued(bound, cf())
    expect(!proven.ok && [proven.error.error, proven.error.status]).toEqual(['invalid_request', 400])
  })

  it('are not bound to a certificate that merely comes along', async () => {
    expect(await issued(aClient(), cloudflareOf(certificate))).toEqual({
      ...{ ok: true, value: { token_type: 'Bearer' } },
    })
  })

  it('are bound to it where the profile demands some key and no other is shown (FAPI 2.0 §5.3.2.1)', async () => {
    const proven = await issued(aClient(somehow), cloudflareOf(certificate))
    expect(proven.ok && proven.value.cnf).toEqual({ 'x5t#S256': thumbprint })
    const refusals = [
      await issued(aClient(somehow), withoutCertificate),
      await issued(aClient(somehow), cloudflareOf(certificate), {}, false),
      await issued(aClient({ ...somehow, dpop_bound_access_tokens: true }), cloudflareOf(certificate)),
      await issued(aClient(somehow), cloudflareOf(certificate), { dpop: 'not.a.proof' }),
    ]
    for (const refused of refusals) expect(refused.ok).toBe(false)
  })
})

describe('a token that is bound to a certificate', () => {
  const used = (cf: object, cnf: object, on = true) =>
    Promise.resolve(
      checkSender(needs(on), {
        ...{ request: request(cf), presented: { scheme: 'Bearer', token: 'token' }, cnf },
        findClient: async () => aClient(),
      }),
    )

  it('is used with it alone (§3)', async () => {
    const cnf = { 'x5t#S256': thumbprint }
    expect((await used(cloudflareOf(certificate), cnf)).ok).toBe(true)
    const attempts = [
      await used(withoutCertificate, cnf),
      await used(cloudflareOf(await makeCertificate()), cnf),
      // For the same key: a certificate is what is bound, not its key.
      await used(cloudflareOf(await makeCertificate({ keys: certificate.keys })), cnf),
      await used(cloudflareOf(certificate, { certRevoked: '1' }), cnf),
      await used(cloudflareOf(certificate), cnf, false),
      await used(cloudflareOf(certificate), { 'x5t#S256': '' }),
      await used(cloudflareOf(certificate), { x5t: thumbprint }),
    ]
    for (const refused of attempts) {
      expect(!refused.ok && [refused.error.error, refused.error.status]).toEqual(['invalid_token', 401])
      expect(!refused.ok && refused.error.challenge).toContain('error="invalid_token"')
    }
  })
})

describe('the address of a request', () => {
  it('is one of our two: the Host header chooses, and names no other (RFC 9449 §4.3)', () => {
    const of = (url: string) => calledOrigin(url, { issuer, mtls })
    expect(of('https://mtls.auth.example/oauth/token')).toBe(mtls.origin)
    // A proxy that ends TLS passes plain http.
    expect(of('http://mtls.auth.example/oauth/token')).toBe(mtls.origin)
    expect(of('https://auth.example/oauth/token')).toBe(issuer)
    expect(of('https://evil.example/oauth/token')).toBe(issuer)
    expect(calledOrigin('https://mtls.auth.example/', { issuer })).toBe(issuer)
  })
})
