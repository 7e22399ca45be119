import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { contextClasses } from '../../../src/authentication/acr.ts'
import { decideNextStep } from '../../../src/authentication/decide-next-step.ts'
import { passkeyProof } from '../../../src/authentication/factor-proofs.ts'
import type { SignInState } from '../../../src/authentication/sign-in-state.ts'
import { reachableClasses, steps } from '../../../src/login/steps/index.ts'
import type { Step } from '../../../src/login/steps/step.ts'
import { noneUnregistered, serverMetadata } from '../../../src/oidc/discovery.ts'
import { accountFactors, noDemands } from '../../sessions/examples.ts'

const nobody: SignInState = {
  ...{ identifier: undefined, proofs: [], account: undefined, actions_done: [], risk: undefined },
  browser: { used_passkey: false, is_remembered: false },
}

describe('docs/sign-in.md', () => {
  const firstColumn = async (heading: string): Promise<readonly string[]> => {
    const text = await readFile('docs/sign-in.md', 'utf8')
    const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
    return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name as string)
  }

  it('names every step', async () => {
    expect([...(await firstColumn('Steps'))].sort()).toEqual(steps.map(({ id }) => id).sort())
  })

  it('names every class, the weakest first', async () => {
    expect(await firstColumn('Classes')).toEqual(contextClasses.map(({ acr }) => acr))
  })
})

describe('the list of steps', () => {
  it('has each id once, in the spelling of form fields', () => {
    const ids = steps.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+(_[a-z]+)*$/)
  })

  it.each([undefined, 'ada'])(
    'offers to %s before the first factor what depends on no account',
    (identifier) => {
      const accounts = [
        undefined,
        accountFactors({ passkeys: 3, otp: 2 }),
        accountFactors({ password: 'none', recovery_codes: 9 }),
        accountFactors({ password: 'must_change', required_acr_values: [['phr']] }),
      ]
      const offers = accounts.map((account) =>
        JSON.stringify(decideNextStep(steps, { ...nobody, account, identifier }, noDemands)),
      )
      expect(new Set(offers).size).toBe(1)
    },
  )
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
    const announced = serverMetadata('https://auth.test', {
      ...{ acrValues: reachableClasses(more), registers: false, requiresPushed: false },
      ...{ mtls: undefined, detailsTypes: [], profile: 'oidc', checksSessions: false },
      unregistered: noneUnregistered,
    }).acr_values_supported
    expect(announced).toContain('phrh')
  })
})
