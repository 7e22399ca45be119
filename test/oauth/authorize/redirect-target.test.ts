import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRedirectUri } from '../../../src/oauth/authorize/redirect-target.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import { aClient } from '../../fakes/client.ts'

const check = (redirectUri: string, client = aClient()) => {
  const parameters = parseParameters(new URLSearchParams({ redirect_uri: redirectUri }).toString())
  if (!parameters.ok) return false
  return checkRedirectUri(parameters.value, client).ok
}

const native = aClient({
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.app:/callback'],
})

describe('redirect URI', () => {
  it('is accepted when it equals a registered one', () => {
    expect(check('https://app.example/callback')).toBe(true)
  })

  it.each([
    'https://app.example/callback/',
    'https://app.example/callback?x=1',
    'https://app.example/callback#',
    'https://app.example/callback#fragment',
    'https://APP.example/callback',
    'HTTPS://app.example/callback',
    'https://app.example:443/callback',
    'https://app.example/./callback',
    'https://app.example/a/../callback',
    'https://app.example/%2e/callback',
    'https://app.example/%63allback',
    'https://app.example@evil.example/callback',
    'https://user@app.example/callback',
    'https://app.example.evil.example/callback',
    'https://evil.example/callback',
    'https://app.example\\@evil.example/callback',
    'https://аpp.example/callback',
    'http://app.example/callback',
    '//app.example/callback',
    'javascript:alert(1)//https://app.example/callback',
    ' https://app.example/callback',
    'https://app.example/callback ',
  ])('is refused when it differs in any character: %s (RFC 9700 §4.1.3)', (uri) => {
    expect(check(uri)).toBe(false)
  })

  it('accepts any port on a loopback literal for native apps (RFC 8252 §7.3)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65535 }), (port) => {
        expect(check(`http://127.0.0.1:${port}/callback`, native)).toBe(true)
        expect(check(`http://[::1]:${port}/callback`, native)).toBe(true)
      }),
    )
  })

  it.each([
    'http://127.0.0.1:0/callback',
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:99999/callback',
    'http://[::1]:70000/callback',
    'http://127.0.0.1:04000/callback',
    'http://127.0.0.1:/callback',
    'http://localhost:4000/callback',
    'http://127.0.0.2:4000/callback',
    'http://127.0.0.1:4000/other',
    'http://127.0.0.1:4000/callback/../other',
    'http://127.0.0.1:4000@evil.example/callback',
    'http://user@127.0.0.1:4000/callback',
    'http://127.0.0.1.evil.example:4000/callback',
    'http://127.0.0.1:4000/callback#f',
    'https://127.0.0.1:4000/callback',
    'http://127.1:4000/callback',
    'http://2130706433:4000/callback',
  ])('keeps everything but the port exact on loopback: %s', (uri) => {
    expect(check(uri, native)).toBe(false)
  })

  it('keeps the port exact for web applications', () => {
    expect(
      check('http://127.0.0.1:4000/callback', aClient({ redirect_uris: ['http://127.0.0.1/callback'] })),
    ).toBe(false)
  })
})
