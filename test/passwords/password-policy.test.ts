import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commonPasswords } from '../../src/passwords/common-passwords.ts'
import { normalizePassword } from '../../src/passwords/normalize-password.ts'
import { checkNewPassword } from '../../src/passwords/password-policy.ts'

const nobody = { identifiers: [] }

describe('new passwords (NIST SP 800-63B §3.1.1)', () => {
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
  ])('for %j, %j is built from the identifier', (identifier, password) => {
    expect(checkNewPassword(password, { identifiers: [identifier] })).toBe('too_similar')
  })

  test('a short identifier does not forbid every password that contains it', () => {
    expect(checkNewPassword('kangaroo-data-1', { identifiers: ['ada'] })).toBeUndefined()
  })

  test('the current password is not a new one', () => {
    const current = 'purple-kettle-orbit'
    expect(checkNewPassword(current, { identifiers: [], current })).toBe('unchanged')
  })

  test('any text gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (password, identifier) => {
        checkNewPassword(password, { identifiers: [identifier] })
      }),
    )
  })
})

test('a password typed on different systems is one password (RFC 8265 §4.2)', () => {
  expect(normalizePassword('cafe\u0301\u00a0au\u3000lait')).toBe('café au lait')
  expect(normalizePassword(' Keeps case ')).toBe(' Keeps case ')
})
