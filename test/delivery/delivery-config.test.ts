import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config.ts'

const base = {
  AUTHLY_ISSUER: 'https://auth.test',
  AUTHLY_ROOT_SECRET: 'dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ',
  DATABASE_URL: 'postgres://user:password@db.example.com/authly',
}
const deliveryOf = (env: Record<string, string>) => parseConfig({ ...base, ...env }).delivery
const smtp = {
  AUTHLY_EMAIL_PROVIDER: 'smtp',
  AUTHLY_EMAIL_FROM: 'login@auth.test',
  AUTHLY_SMTP_HOST: 'mail.example.com',
}

describe('providers', () => {
  it('none unless configured', () => {
    expect(deliveryOf({})).toEqual({ email: undefined, sms: undefined })
  })

  it.each([
    ['cloudflare', {}, 'AUTHLY_EMAIL_FROM'],
    ['resend', { AUTHLY_EMAIL_FROM: 'login@auth.test' }, 'AUTHLY_RESEND_API_KEY'],
    ['smtp', { AUTHLY_EMAIL_FROM: 'login@auth.test' }, 'AUTHLY_SMTP_HOST'],
  ])('%s needs all it needs', (provider, env, missing) => {
    expect(() => deliveryOf({ AUTHLY_EMAIL_PROVIDER: provider, ...env } as Record<string, string>)).toThrow(
      missing,
    )
  })

  it('no message about the configuration holds a value', () => {
    const secret = 'smtp-secret-of-somebody'
    const broken = { ...smtp, AUTHLY_SMTP_PASSWORD: secret }
    expect(() => deliveryOf(broken)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) }),
    )
    expect(() => deliveryOf(broken)).toThrow('AUTHLY_SMTP_USERNAME and AUTHLY_SMTP_PASSWORD belong together')
  })
})

describe('SMTP', () => {
  it('TLS begins with the connection on port 465, by STARTTLS elsewhere; never is there none', () => {
    const tlsOf = (env: Record<string, string>) => {
      const provider = deliveryOf({ ...smtp, ...env }).email?.provider
      return provider?.kind === 'smtp' ? provider.tls : undefined
    }
    expect(tlsOf({})).toBe('starttls')
    expect(tlsOf({ AUTHLY_SMTP_PORT: '465' })).toBe('implicit')
    expect(tlsOf({ AUTHLY_SMTP_PORT: '2465', AUTHLY_SMTP_TLS: 'implicit' })).toBe('implicit')
    expect(() => deliveryOf({ ...smtp, AUTHLY_SMTP_TLS: 'none' })).toThrow('AUTHLY_SMTP_TLS')
    expect(() => deliveryOf({ ...smtp, AUTHLY_SMTP_PORT: '25' })).toThrow('25')
  })

  it.each(['127.0.0.1', 'localhost', '10.0.0.1', '0x7f.1', 'mail', 'mail.internal'])(
    'a server inside a network is refused: %s',
    (host) => expect(() => deliveryOf({ ...smtp, AUTHLY_SMTP_HOST: host })).toThrow('public host'),
  )
})

it.each(['https://evil.example.com/', 'http://10.0.0.1/', 'https://api.resend.com.evil.test/'])(
  'messages go to no other host than the provider’s: %s',
  (url) => {
    expect(() => deliveryOf({ AUTHLY_MESSAGE_PROVIDER_URL: url })).toThrow('must be a loopback address')
  },
)

it.each(['a@b', 'login@auth.test\r\nBcc: eve@example.com', 'Name <login@auth.test>', '@auth.test'])(
  'the sender is an address and nothing else: %j',
  (from) => {
    expect(() => deliveryOf({ AUTHLY_EMAIL_PROVIDER: 'cloudflare', AUTHLY_EMAIL_FROM: from })).toThrow(
      'AUTHLY_EMAIL_FROM',
    )
  },
)
