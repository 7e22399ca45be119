import { describe, expect, it } from 'vitest'
import { decideNextStep } from '../../../src/authentication/decide-next-step.ts'
import { passkeyProof } from '../../../src/authentication/factor-proofs.ts'
import type { SignInState } from '../../../src/authentication/sign-in-state.ts'
import { reachableClasses, steps } from '../../../src/login/steps/index.ts'
import type { Step } from '../../../src/login/steps/step.ts'
import { serverMetadata } from '../../../src/oidc/discovery.ts'
import { accountFactors, noDemands } from '../../sessions/examples.ts'

const nobody: SignInState = {
  ...{ identifier: undefined, proofs: [], account: undefined, actions_done: [], risk: undefined },
  browser: { used_passkey: false, is_remembered: false },
}

describe('the list of steps', () => {
  it('has each id once, in the spelling of form fields', () => {
    const ids = steps.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+(_[a-z]+)*$/)
  })

  it('offers before the first factor what depends on no account: a state with one is not even asked', () => {
    const withAccount = (account: SignInState['account']): SignInState => ({ ...nobody, account })
    for (const identifier of [undefined, 'ada']) {
      const offers = [
        undefined,
        accountFactors({ passkeys: 3, otp: 2 }),
        accountFactors({ password: 'none' }),
      ].map((account) => {
        const state = { ...withAccount(account), identifier }
        return steps
          .filter((step) => step.kind !== 'action' && step.offered(state, noDemands))
          .map(({ id }) => id)
      })
      expect(new Set(offers.map((ids) => ids.join())).size).toBe(1)
    }
  })
})

/** What a file of a step and its line in the list add, and nothing else. */
const badge: Step = {
  id: 'badge',
  kind: 'factor',
  proves: [passkeyProof(true, true)],
  offered: ({ identifier, proofs }) =>
    identifier !== undefined && !proofs.some(({ step }) => step === 'badge'),
  label: () => 'Use your badge',
  page: () => null,
  attempt: async () => ({ status: 'lost' }),
}

describe('a step that is added', () => {
  const more = [...steps, badge]

  it('is offered beside the others, and reaches what it proves', () => {
    const next = decideNextStep(more, { ...nobody, identifier: 'ada' }, noDemands)
    expect(next).toMatchObject({ status: 'step', step: 'password' })
    expect(next).toMatchObject({ alternatives: expect.arrayContaining(['badge']) })
  })

  it('raises what the server announces (OpenID Connect Discovery §3)', () => {
    const announced = serverMetadata('https://auth.test', reachableClasses(more)).acr_values_supported
    expect(announced).toContain('phrh')
  })
})
