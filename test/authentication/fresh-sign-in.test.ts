import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownClasses } from '../../src/authentication/acr.ts'
import {
  freshSignInPath,
  type OwnFactors,
  requireFresh,
  strongestClassOf,
} from '../../src/authentication/fresh-sign-in.ts'

const [pwd, mfa] = ['urn:authly:acr:pwd', 'urn:authly:acr:mfa']
const now = 1_800_000_000_000
const factors = (changed: Partial<OwnFactors> = {}): OwnFactors => ({
  ...{ password: 'usable', passkeys: 0, otp: 0 },
  ...changed,
})
const at = (secondsAgo: number, acr: string) => ({ auth_time: now - secondsAgo * 1000, acr })
const limits = { now, maxAgeSeconds: 900 }

describe('requireFresh', () => {
  it.each([
    ['a password, for an account without more', at(0, pwd), factors(), undefined],
    [
      'a password, for an account with a one-time password',
      at(0, pwd),
      factors({ otp: 1 }),
      ['stronger', mfa],
    ],
    ['both', at(0, mfa), factors({ otp: 1 }), undefined],
    [
      'both, for an account with a passkey',
      at(0, mfa),
      factors({ otp: 1, passkeys: 1 }),
      ['stronger', 'phr'],
    ],
    ['a passkey', at(0, 'phr'), factors({ otp: 1, passkeys: 2 }), undefined],
    ['a passkey in hardware', at(0, 'phrh'), factors({ passkeys: 2 }), undefined],
    ['one that is just recent enough', at(900, pwd), factors(), undefined],
    ['one that is too old', at(901, pwd), factors(), ['again', pwd]],
    ['one that is too old and too weak', at(901, pwd), factors({ otp: 1 }), ['stronger', mfa]],
    [
      'one-time passwords without a password: a code by e-mail is the other kind of factor',
      at(0, pwd),
      factors({ password: 'none', otp: 1 }),
      ['stronger', mfa],
    ],
  ] as const)('%s', (_what, session, own, expected) => {
    const needed = requireFresh(session, own, limits)
    expect(needed && [needed.because, needed.acr]).toEqual(expected)
  })

  const own = fc.record({
    password: fc.constantFrom('none', 'usable', 'must_change', 'breached'),
    passkeys: fc.nat(3),
    otp: fc.nat(3),
  })

  it('is met by whoever signs in as it says, at once', () => {
    fc.assert(
      fc.property(own, fc.constantFrom(...knownClasses), fc.nat(5000), (having, acr, age) => {
        const needed = requireFresh(at(age, acr), having, limits)
        if (needed) expect(requireFresh(at(0, needed.acr), having, limits)).toBeUndefined()
      }),
    )
  })

  it('never gets weaker by another factor', () => {
    fc.assert(
      fc.property(own, fc.constantFrom(...knownClasses), (having, acr) => {
        const more = { ...having, passkeys: having.passkeys + 1 }
        if (requireFresh(at(0, acr), having, limits))
          expect(requireFresh(at(0, acr), more, limits)).toBeDefined()
        expect(knownClasses).toContain(strongestClassOf(having))
      }),
    )
  })

  it('leads to the sign-in page and back to a known page', () => {
    expect(freshSignInPath('passkeys', { because: 'stronger', acr: 'phr' })).toBe(
      '/login?next=passkeys&because=stronger&acr=phr',
    )
  })
})
