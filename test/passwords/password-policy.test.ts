import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commonPasswords } from '../../src/passwords/common-passwords.ts'
import { normalizePassword } from '../../src/passwords/normalize-password.ts'
import { checkNewPassword, passwordRulesOf } from '../../src/passwords/password-policy.ts'

const rules = { min_length: 12, service_names: ['Lighthouse', 'auth', 'example', 'com'] }
const nobody = { rules, identifiers: [] }
const issuer = 'https://auth.example.com'

describe('new passwords (NIST SP 800-63B-4 §3.1.1.2)', () => {
  test.each([
    'purple-kettle-orbit',
    'correct horse staple battery',
    'Xk9#mQ2$vL7!',
    'длинная фраза для входа',
    '   spaces around   ',
    '🦊🐼🦁🐸🐙🦋🐢🦀🐬🦉🌵🍄',
  ])('%j is good: no rules about kinds of characters', (password) => {
    expect(checkNewPassword(password, nobody)).toBeUndefined()
  })

  test('length counts code points, after normalization', () => {
    expect(checkNewPassword('kettle-orbi', nobody)).toBe('too_short')
    expect(checkNewPassword(`${'e\u0301'.repeat(2)}kettle-or`, nobody)).toBe('too_short')
    expect(checkNewPassword('🦊🐼🦁🐸🐙🦋', nobody)).toBe('too_short')
    expect(checkNewPassword(`${'purple-kettle '.repeat(18)}word`, nobody)).toBeUndefined()
    expect(checkNewPassword(`${'purple-kettle '.repeat(18)}words`, nobody)).toBe('too_long')
  })

  test.each([
    'password1234',
    'Password2026!',
    'P@ssw0rd1234',
    'passwordpassword',
    'welcomewelcome',
    'qwertyuiopas',
    '123456789012',
    '210987654321',
    'aaaaaaaaaaaa',
    'abababababab',
    'abcdefghijkl',
    '1q2w3e4r5t6y',
    'correct horse battery staple',
    'iloveyou!!!!!',
    'authly123456',
  ])('%j is too common', (password) => {
    expect(checkNewPassword(password, nobody)).toBe('too_common')
  })

  test('every listed value is refused, however it is written, when it is long enough', () => {
    for (const word of [...commonPasswords].filter(({ length }) => length >= 12)) {
      expect(checkNewPassword(word.toUpperCase(), nobody), word).toBe('too_common')
    }
  })

  test.each([
    ['ada.lovelace@example.test', 'ada.lovelace@example.test'],
    ['ada.lovelace@example.test', 'Ada.Lovelace1'],
    ['ada-lovelace', 'ada-lovelace!99'],
    ['ada-lovelace', '12ADA-LOVELACE'],
    ['ada.lovelace@example.test', 'lovelace-example-1'],
    ['ada.lovelace@example.test', 'lovelacelovelace-ada'],
    ['ada-lovelace', 'ada-lovelace-123456'],
    ['ada-lovelace', 'ada-lovelace.Password2026'],
    ['grace', 'lighthouse-grace-26'],
    ['grace', 'Lighthouse-2026-Lighthouse'],
  ])('for %j, %j is built from the identifier', (identifier, password) => {
    expect(checkNewPassword(password, { rules, identifiers: [identifier] })).toBe('too_similar')
  })

  test.each([
    ['ada-lovelace', 'ada-lovelace ate nine plums'],
    ['grace', 'the lighthouse keeper hums'],
  ])('for %j, %j has enough of its own', (identifier, password) => {
    expect(checkNewPassword(password, { rules, identifiers: [identifier] })).toBeUndefined()
  })

  test.each([
    ['a password alone', 15, undefined, 15],
    ['a second factor for those who have one', 15, 'optional', 15],
    ['fewer where a password alone is enough', 8, 'optional', 15],
    ['fewer where a second factor is demanded', 8, 'required', 8],
    ['the default where a second factor is demanded', 15, 'required', 15],
    ['more', 20, 'optional', 20],
  ] as const)('%s: length by setting, within what NIST allows', (_, configured, secondFactor, expected) => {
    const settings = {
      'passwords.min_length': configured,
      ...(secondFactor && { 'sign_in.second_factor': secondFactor }),
    }
    expect(passwordRulesOf(settings, issuer).min_length).toBe(expected)
  })

  test('words of this service: its name and the labels of its host', () => {
    const settings = { 'passwords.min_length': 15, 'branding.name': 'Lighthouse' }
    expect(passwordRulesOf(settings, issuer).service_names).toEqual(['Lighthouse', 'auth', 'example', 'com'])
  })

  test('a short identifier does not forbid every password that contains it', () => {
    expect(checkNewPassword('kangaroo-data-1', { rules, identifiers: ['ada'] })).toBeUndefined()
  })

  test('the current password is not a new one', () => {
    const current = 'purple-kettle-orbit'
    expect(checkNewPassword(current, { rules, identifiers: [], current })).toBe('unchanged')
  })

  test('any text gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (password, identifier) => {
        checkNewPassword(password, { rules, identifiers: [identifier] })
      }),
    )
  })
})

test('a password typed on different systems is one password (RFC 8265 §4.2)', () => {
  expect(normalizePassword('cafe\u0301\u00a0au\u3000lait')).toBe('café au lait')
  expect(normalizePassword(' Keeps case ')).toBe(' Keeps case ')
})
