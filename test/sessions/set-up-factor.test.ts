import { describe, expect, it } from 'vitest'
import {
  otpProof,
  passkeyProof,
  passwordProof,
  recoveryCodeProof,
} from '../../src/authentication/factor-proofs.ts'
import type { Proof } from '../../src/authentication/proof.ts'
import type { SignInPolicy, SignInState } from '../../src/authentication/sign-in-state.ts'
import { leadsToSetUp, needsBoundPasskey, setUpWays } from '../../src/sessions/set-up-factor.ts'
import { accountFactors, noDemands, start } from './examples.ts'

const mfa = 'urn:authly:acr:mfa'
const typed: Proof = { ...passwordProof, step: 'password', at: start }
const code: Proof = { ...otpProof, step: 'totp', at: start }
const emergency: Proof = { ...recoveryCodeProof, step: 'recovery_code', at: start }
const synced: Proof = { ...passkeyProof(true, false), step: 'passkey', at: start }

const having = (
  proofs: readonly Proof[],
  account: Parameters<typeof accountFactors>[0] = {},
  actions_done: readonly string[] = [],
): SignInState => ({
  ...{ identifier: 'ada', proofs, account: accountFactors(account), actions_done, risk: undefined },
  browser: { used_passkey: false, is_remembered: false },
})
const demand = (...required_acr_values: readonly string[][]): SignInPolicy => ({
  ...noDemands,
  required_acr_values,
})
const secondFactor: SignInPolicy = { ...noDemands, second_factor: 'required' }

describe('what may be set up in a sign-in', () => {
  it.each<[string, SignInState, SignInPolicy, string]>([
    ['nothing where nothing is demanded', having([typed]), noDemands, ''],
    ['nothing before anything is proven', having([]), secondFactor, ''],
    ['a second factor: the passkey first', having([typed]), secondFactor, 'passkey app'],
    ['a class of several factors', having([typed]), demand([mfa]), 'passkey app'],
    ['what only a passkey reaches', having([typed]), demand(['phr']), 'passkey'],
    ['what only one kind of passkey reaches', having([typed]), demand(['phrh']), 'passkey'],
    ['nothing for a class that nothing reaches', having([typed]), demand(['gold']), ''],
    ['an app where passkeys are off', having([typed]), { ...secondFactor, passkeys: 'off' }, 'app'],
    ['nothing where they are off and needed', having([typed]), { ...demand(['phr']), passkeys: 'off' }, ''],
    ['no wish is worth it', having([typed]), { ...noDemands, wanted_acr_values: ['phr'] }, ''],
    ['nothing instead of an app', having([typed], { otp: 1 }), demand(['phr']), ''],
    ['nothing instead of a passkey', having([typed], { passkeys: 1 }), demand(['phrh']), ''],
    [
      'nothing instead of a passkey where they are off',
      having([typed], { passkeys: 1 }),
      { ...secondFactor, passkeys: 'off' },
      '',
    ],
    [
      'nothing instead of a passkey, by an app',
      having([typed, code], { passkeys: 1, otp: 1 }),
      demand(['phr']),
      '',
    ],
    ['a stronger one after the code', having([typed, code], { otp: 1 }), demand(['phr']), 'passkey'],
    [
      'as on the account page, after a recovery code',
      having([typed, emergency], { otp: 1, recovery_codes: 3 }),
      demand(['phr']),
      'passkey',
    ],
    ['a bound one after a synced one', having([synced], { passkeys: 1 }), demand(['phrh']), 'passkey'],
    [
      'not one passkey after the other',
      having([typed, synced], { passkeys: 1 }, ['set_up_factor']),
      demand(['phrh']),
      '',
    ],
    [
      'a passkey after an app that was not enough',
      having([typed, code], { otp: 1 }, ['set_up_factor']),
      demand([mfa], ['phr']),
      'passkey',
    ],
  ])('%s', (_, state, policy, expected) => {
    expect(setUpWays(state, policy).join(' ')).toBe(expected)
  })

  it('is a passkey bound to its authenticator only where that is demanded', () => {
    expect(needsBoundPasskey(having([typed]), demand(['phrh']))).toBe(true)
    for (const policy of [secondFactor, demand(['phr']), demand(['phrh', 'phr'])]) {
      expect(needsBoundPasskey(having([typed]), policy)).toBe(false)
    }
  })
})

describe('whether a session goes on to set up a factor, for which it must be recent', () => {
  it.each<[string, SignInState, SignInPolicy, boolean]>([
    ['at once', having([typed]), demand([mfa]), true],
    ['after the code of an app', having([typed], { otp: 1 }), demand(['phr']), true],
    ['not where the code is enough', having([typed], { otp: 1 }), demand([mfa]), false],
    ['not where a passkey may be enough', having([typed], { passkeys: 1 }), demand(['phrh']), false],
    ['not where nothing is missing', having([typed]), noDemands, false],
  ])('%s', (_, state, policy, expected) => {
    expect(leadsToSetUp(state, policy)).toBe(expected)
  })
})
