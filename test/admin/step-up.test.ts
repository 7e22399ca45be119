import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkStepUp } from '../../src/admin/step-up.ts'
import { knownClasses } from '../../src/authentication/acr.ts'
import { toSettings } from '../../src/settings/settings.ts'

const now = 1_800_000_000_000
const dangerous = { dangerous: true }
const asked = (acrValues: readonly string[], acr: string | undefined, secondsAgo = 0) =>
  checkStepUp(now, toSettings({ 'admin.step_up_acr_values': acrValues }), dangerous, {
    ...{ type: 'user', authTime: now / 1000 - secondsAgo, acr },
  })

describe('step-up by class', () => {
  it('a stronger class satisfies a weaker one, never the other way round', () => {
    const classes = fc.subarray(knownClasses, { minLength: 1 })
    fc.assert(
      fc.property(classes, fc.constantFrom(...knownClasses), (wanted, acr) => {
        const weakest = Math.min(...wanted.map((each) => knownClasses.indexOf(each)))
        const isAdmitted = asked(wanted, acr) === undefined
        expect(isAdmitted).toBe(knownClasses.indexOf(acr) >= weakest)
      }),
    )
  })

  it('names what it wants (RFC 9470 §3)', () => {
    expect(asked(['urn:authly:acr:mfa', 'phr'], 'urn:authly:acr:pwd')?.headers).toEqual({
      'www-authenticate': expect.stringContaining(
        'error="insufficient_user_authentication", error_description="A more recent or stronger sign-in is required", max_age="900", acr_values="urn:authly:acr:mfa phr"',
      ),
    })
  })

  it.each([
    ['a class nobody knows', 'urn:example:gold'],
    ['no class', undefined],
  ])('%s satisfies nothing', (_what, acr) => {
    expect(asked(['urn:authly:acr:pwd'], acr)).toBeDefined()
    expect(asked([], acr)).toBeUndefined()
  })

  it('a stored value that cannot be read satisfies nobody (after a rollback)', () => {
    for (const acr of knownClasses) expect(asked(['urn:example:gold'], acr)).toBeDefined()
  })

  it('a strong sign-in is not a recent one', () => {
    expect(asked(['phr'], 'phrh', 901)).toBeDefined()
  })
})
