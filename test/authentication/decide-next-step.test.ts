import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideNextStep, type OfferedStep } from '../../src/authentication/decide-next-step.ts'
import {
  emailCodeProof,
  otpProof,
  passkeyProof,
  passkeyProofs,
  passwordProof,
} from '../../src/authentication/factor-proofs.ts'
import type { PossibleProof, Proof } from '../../src/authentication/proof.ts'
import type { SignInPolicy, SignInState } from '../../src/authentication/sign-in-state.ts'
import { mustChangePassword } from '../../src/authentication/unmet-demand.ts'
import { accountFactors, noDemands } from '../sessions/examples.ts'

const mfa = 'urn:authly:acr:mfa'
const step = (
  id: string,
  kind: OfferedStep['kind'],
  proves: readonly PossibleProof[],
  offered: OfferedStep['offered'] = () => true,
): OfferedStep => ({ id, kind, proves, offered })

/** As the steps are that people have, without their pages. */
const steps: readonly OfferedStep[] = [
  step('identifier', 'identify', [], ({ identifier }) => identifier === undefined),
  step(
    'password',
    'factor',
    [passwordProof],
    ({ identifier, proofs }) => identifier !== undefined && !proofs.length,
  ),
  step(
    'passkey',
    'factor',
    passkeyProofs,
    ({ account }, { passkeys }) => passkeys === 'on' && (account === undefined || account.passkeys > 0),
  ),
  step('totp', 'factor', [otpProof], ({ account }) => (account?.otp ?? 0) > 0),
  step('recovery_code', 'factor', [otpProof], ({ account }) => (account?.recovery_codes ?? 0) > 0),
  step('set_up_factor', 'action', [], ({ proofs }) => proofs.length > 0),
  step('change_password', 'action', [], mustChangePassword),
]

const proven = (id: string, proof: PossibleProof): Proof => ({ ...proof, step: id, at: 1 })
const typed = proven('password', passwordProof)
const mailed = proven('email_code', emailCodeProof)
const code = proven('totp', otpProof)
const key = proven('passkey', passkeyProof(true, false))
const touched = proven('passkey', passkeyProof(false, false))

const nobody: SignInState = {
  ...{ identifier: undefined, proofs: [], account: undefined, actions_done: [], risk: undefined },
  browser: { used_passkey: false, is_remembered: false },
}
const having = (proofs: readonly Proof[], more: Partial<SignInState> = {}): SignInState => ({
  ...{ ...nobody, identifier: 'ada', account: accountFactors(), proofs },
  ...more,
})
const has = (account: Parameters<typeof accountFactors>[0]) => ({ account: accountFactors(account) })

const decide = (state: SignInState, policy: Partial<SignInPolicy> = {}) => {
  const next = decideNextStep(steps, state, { ...noDemands, ...policy })
  return next.status === 'step' ? [next.step, ...next.alternatives].join(' ') : next.status
}

describe('decideNextStep', () => {
  it.each<[string, SignInState, Partial<SignInPolicy>, string]>([
    ['nothing known: who it may be, or a passkey', nobody, {}, 'identifier passkey'],
    ['an identifier typed', { ...nobody, identifier: 'ada' }, {}, 'password passkey'],
    [
      'an identifier typed where a passkey was used before',
      { ...nobody, identifier: 'ada', browser: { used_passkey: true, is_remembered: false } },
      {},
      'passkey password',
    ],
    [
      'nothing known where a passkey was used before',
      { ...nobody, browser: { used_passkey: true, is_remembered: false } },
      {},
      'identifier passkey',
    ],
    ['a password, nothing demanded', having([typed]), {}, 'done'],
    [
      'a password of somebody with passkeys, nothing demanded',
      having([typed], has({ passkeys: 2 })),
      {},
      'done',
    ],
    ['a password of somebody with a generator', having([typed], has({ otp: 1 })), {}, 'totp'],
    [
      'recovery codes come after a better factor',
      having([typed], has({ otp: 1, recovery_codes: 3, passkeys: 1 })),
      {},
      'passkey totp recovery_code',
    ],
    ['password and code', having([typed, code], has({ otp: 1 })), {}, 'done'],
    [
      'a verified passkey is enough',
      having([key], has({ otp: 1, passkeys: 1 })),
      { second_factor: 'required' },
      'done',
    ],
    [
      'a remembered browser replaces the second factor',
      having([typed], { ...has({ otp: 1 }), browser: { used_passkey: false, is_remembered: true } }),
      { accepts_remembered: true },
      'done',
    ],
    [
      'a remembered browser, where it is not accepted',
      having([typed], { ...has({ otp: 1 }), browser: { used_passkey: false, is_remembered: true } }),
      {},
      'totp',
    ],
    [
      'a wish that only a passkey reaches is let go where they are turned off',
      having([typed], has({ passkeys: 1 })),
      { wanted_acr_values: ['phr'], passkeys: 'off' },
      'done',
    ],
    ['a recovery ends with another password', having([mailed]), { recovers: true }, 'change_password'],
    [
      'a recovery of somebody with a passkey wants it, which a password alone does not',
      having([mailed], has({ passkeys: 1, recovery_codes: 2 })),
      { recovers: true },
      'passkey recovery_code',
    ],
    [
      'a recovery of somebody with a generator',
      having([mailed], has({ otp: 1 })),
      { recovers: true },
      'totp',
    ],
    [
      'a recovery with the second factor proven',
      having([mailed, code], has({ otp: 1 })),
      { recovers: true },
      'change_password',
    ],
    [
      'a recovery of somebody without a password, who has a passkey',
      having([mailed, key], has({ password: 'none', passkeys: 1 })),
      { recovers: true },
      'done',
    ],
    [
      'a recovery of somebody without any factor',
      having([mailed], has({ password: 'none' })),
      { recovers: true },
      'change_password',
    ],
    [
      'a code in place of a password that must be changed',
      having([mailed], has({ password: 'must_change' })),
      {},
      'done',
    ],
    [
      'a remembered browser reaches no class',
      having([typed], { ...has({ otp: 1 }), browser: { used_passkey: false, is_remembered: true } }),
      { accepts_remembered: true, required_acr_values: [[mfa]] },
      'totp',
    ],
    [
      'a second factor is required and there is none',
      having([typed]),
      { second_factor: 'required' },
      'set_up_factor',
    ],
    [
      'a required class by what the account has',
      having([typed], has({ otp: 1 })),
      { required_acr_values: [[mfa]] },
      'totp',
    ],
    [
      'a required class by a passkey only',
      having([typed], has({ otp: 1, passkeys: 1 })),
      { required_acr_values: [['phr']] },
      'passkey',
    ],
    [
      'who has a second factor proves it before setting up a stronger one',
      having([typed], has({ otp: 1 })),
      { required_acr_values: [['phr']] },
      'totp',
    ],
    [
      'then it is set up',
      having([typed, code], has({ otp: 1 })),
      { required_acr_values: [['phr']] },
      'set_up_factor',
    ],
    ['a class of a role', having([typed], has({ otp: 1, required_acr_values: [[mfa]] })), {}, 'totp'],
    [
      'a wished class that the account reaches',
      having([typed], has({ passkeys: 1 })),
      { wanted_acr_values: ['phr'] },
      'passkey',
    ],
    ['a wished class that it does not', having([typed]), { wanted_acr_values: ['phr'] }, 'done'],
    [
      'a required class by another passkey',
      having([key], has({ passkeys: 2 })),
      { required_acr_values: [['phrh']] },
      'passkey',
    ],
    [
      'a required class that none of the passkeys reaches',
      having([key, key], has({ passkeys: 2 })),
      { required_acr_values: [['phrh']] },
      'set_up_factor',
    ],
    [
      'a wished class is not worth another passkey',
      having([key], has({ passkeys: 2 })),
      { wanted_acr_values: ['phrh'] },
      'done',
    ],
    [
      'an unknown class that is required',
      having([typed]),
      { required_acr_values: [['gold']] },
      'set_up_factor',
    ],
    ['a password to change', having([typed], has({ password: 'must_change' })), {}, 'change_password'],
    [
      'a password that was changed',
      having([typed], { ...has({ password: 'must_change' }), actions_done: ['change_password'] }),
      {},
      'done',
    ],
    [
      'a password to change, of somebody who used a passkey',
      having([key], has({ password: 'must_change', passkeys: 1 })),
      {},
      'done',
    ],
    [
      'the second factor before the change',
      having([typed], has({ password: 'must_change', otp: 1 })),
      {},
      'totp',
    ],
    [
      'password and touched passkey',
      having([typed, touched], has({ passkeys: 1 })),
      { required_acr_values: [['phr']] },
      'done',
    ],
  ])('%s', (_, state, policy, expected) => {
    expect(decide(state, policy)).toBe(expected)
  })

  it('says what was reached', () => {
    expect(decideNextStep(steps, having([typed, code]), noDemands)).toEqual({
      ...{ status: 'done', acr: mfa },
      amr: ['pwd', 'otp', 'mfa'],
    })
  })

  it('ends: every step taken leads on, whatever is demanded', () => {
    const proofs: Readonly<Record<string, Proof>> = {
      password: typed,
      passkey: key,
      totp: code,
      recovery_code: code,
    }
    const classes = fc.constantFrom('urn:authly:acr:pwd', mfa, 'phr', 'phrh', 'gold')
    fc.assert(
      fc.property(
        fc.record({ passkeys: fc.nat(2), otp: fc.nat(2), recovery_codes: fc.nat(2) }),
        fc.array(fc.array(classes, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
        fc.array(classes, { maxLength: 2 }),
        fc.constantFrom('optional' as const, 'required' as const),
        (account, required_acr_values, wanted_acr_values, second_factor) => {
          const policy = { ...noDemands, required_acr_values, wanted_acr_values, second_factor }
          let state = having([typed], has(account))
          for (let count = 0; count < 6; count++) {
            const next = decideNextStep(steps, state, policy)
            if (next.status !== 'step' || next.step === 'set_up_factor') return
            const proof = { ...(proofs[next.step] as Proof), step: next.step }
            state = { ...state, proofs: [...state.proofs, proof] }
          }
          throw new Error('no end')
        },
      ),
    )
  })
})
