import { describe, expect, it } from 'vitest'
import { authenticatorName } from '../../src/passkeys/aaguids.ts'
import { isRpId, isWebOrigin, relyingPartyOf, servesRpId } from '../../src/passkeys/relying-party.ts'

const related = (...origins: string[]) => ({
  'passkeys.rp_id': null,
  'passkeys.related_origins': origins,
})

describe('the relying party', () => {
  it('is the host of the issuer, and its origin may use its passkeys', () => {
    expect(relyingPartyOf({ issuer: 'https://login.example.com:8443' }, related())).toEqual({
      rp_id: 'login.example.com',
      origins: ['https://login.example.com:8443'],
    })
  })

  it('may be another domain, and further origins may be allowed', () => {
    const settings = { ...related('https://old.example'), 'passkeys.rp_id': 'example.com' }
    expect(relyingPartyOf({ issuer: 'https://login.example.com' }, settings)).toEqual({
      rp_id: 'example.com',
      origins: ['https://login.example.com', 'https://old.example'],
    })
  })

  it('does not exist for an issuer without a domain', () => {
    expect(relyingPartyOf({ issuer: 'http://127.0.0.1:8787' }, related())).toBeUndefined()
    expect(relyingPartyOf({ issuer: 'http://[::1]:8787' }, related())).toBeUndefined()
    expect(relyingPartyOf({ issuer: 'http://localhost:8787' }, related())?.rp_id).toBe('localhost')
  })

  it('serves the same domain and those below it', () => {
    expect(servesRpId('login.example.com', 'login.example.com')).toBe(true)
    expect(servesRpId('login.example.com', 'example.com')).toBe(true)
    expect(servesRpId('example.com', 'login.example.com')).toBe(false)
    expect(servesRpId('evilexample.com', 'example.com')).toBe(false)
  })
})

describe('settings of passkeys', () => {
  it('take domains and origins in their normal form only', () => {
    for (const good of ['localhost', 'example.com', 'a-b.example', 'xn--bcher-kva.example']) {
      expect(isRpId(good), good).toBe(true)
    }
    for (const bad of [
      '',
      'com',
      'Example.com',
      'example.com.',
      'https://example.com',
      '127.0.0.1',
      '-a.example',
    ]) {
      expect(isRpId(bad), bad).toBe(false)
    }
    for (const good of ['https://a.example', 'https://a.example:8443', 'http://localhost:3000']) {
      expect(isWebOrigin(good), good).toBe(true)
    }
    for (const bad of ['a.example', 'http://a.example', 'https://a.example/', 'https://A.example', 'null']) {
      expect(isWebOrigin(bad), bad).toBe(false)
    }
  })
})

describe('the name of an authenticator', () => {
  it('is known for common ones', () => {
    expect(authenticatorName('fbfc3007-154e-4ecc-8c0b-6e020557d7bd')).toBe('iCloud Keychain')
    expect(authenticatorName('00000000-0000-0000-0000-000000000000')).toBeUndefined()
    expect(authenticatorName('constructor')).toBeUndefined()
  })
})
