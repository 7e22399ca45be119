import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { possibleCredentials } from '../../src/passkeys/possible-credentials.ts'
import { toSettings } from '../../src/settings/settings.ts'

const [domain, address] = [{ issuer: 'https://auth.test' }, { issuer: 'https://192.0.2.7' }]

describe('possible credentials', () => {
  test.each([
    ['both', domain, {}, { passkeys: true, passwords: true }],
    ['passkeys alone', domain, { 'sign_in.passwords': 'off' }, { passkeys: true, passwords: false }],
    ['passwords alone', domain, { 'sign_in.passkeys': 'off' }, { passkeys: false, passwords: true }],
    ['passwords on an IP address', address, {}, { passkeys: false, passwords: true }],
    [
      'passwords there, although they are off',
      ...[address, { 'sign_in.passwords': 'off' }, { passkeys: false, passwords: true }],
    ],
    [
      'passkeys there, of a domain',
      ...[address, { 'sign_in.passwords': 'off', 'passkeys.rp_id': 'example.test' }],
      { passkeys: true, passwords: false },
    ],
  ] as const)('%s', (_what, config, set, expected) => {
    expect(possibleCredentials(config, toSettings(set))).toEqual(expected)
  })

  test('never leave a deployment without a way to sign in', () => {
    const onOff = fc.constantFrom('on', 'off')
    fc.assert(
      fc.property(fc.constantFrom(domain, address), onOff, onOff, (config, passkeys, passwords) => {
        const set = toSettings({ 'sign_in.passkeys': passkeys, 'sign_in.passwords': passwords })
        return Object.values(possibleCredentials(config, set)).includes(true)
      }),
    )
  })
})
