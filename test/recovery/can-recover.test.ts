import { expect, test } from 'vitest'
import type { Config } from '../../src/config.ts'
import { canRecover } from '../../src/recovery/can-recover.ts'
import { toSettings } from '../../src/settings/settings.ts'

const config = (issuer: string, email: object | undefined) =>
  ({ issuer, delivery: { email } }) as Pick<Config, 'issuer' | 'delivery'>
const withoutPasswords = { 'sign_in.passkeys': 'on', 'sign_in.passwords': 'off' } as const

test.each([
  ['by a new password', 'https://auth.test', {}, {}, true],
  ['not by a password where those are off', 'https://auth.test', {}, withoutPasswords, false],
  // Attack: a thief's password, which is how everybody signs in here, outlives "this was not me".
  [
    'where there can be no passkeys, although passwords are off',
    'https://192.0.2.7',
    {},
    withoutPasswords,
    true,
  ],
  ['not without e-mail', 'https://auth.test', undefined, {}, false],
  ['not where it is off', 'https://auth.test', {}, { 'recovery.mode': 'off' }, false],
] as const)('people recover %s', (_what, issuer, email, set, expected) => {
  expect(canRecover(toSettings(set), config(issuer, email))).toBe(expected)
})
