import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contextClasses } from '../../src/authentication/acr.ts'
import { policyOf, type RequestDemands, requiredClasses } from '../../src/authentication/sign-in-policy.ts'
import { possibleCredentials } from '../../src/passkeys/possible-credentials.ts'
import { toSettings } from '../../src/settings/settings.ts'

const settings = (changed: object = {}) => toSettings({ ...changed })
const asked = (changed: Partial<RequestDemands> = {}): RequestDemands => ({
  ...{ acr_values: [], essential_acr: [], scopes: ['openid'], asks_anew: false },
  ...changed,
})
const possible = { passkeys: true, passwords: true }
const remembering = settings({ 'sign_in.remember_device_days': 30 })

describe('policyOf', () => {
  it.each([
    ['on', true, 'on'],
    ['on', false, 'off'],
    ['off', true, 'off'],
  ] as const)('codes by e-mail %s, and e-mail sent: %s: %s', (set, can_send_email, expected) => {
    const own = { ...settings(), 'sign_in.email_codes': set }
    const policy = policyOf({ settings: own, possible, can_send_email, because: undefined })
    expect(policy.email_codes).toBe(expected)
  })

  it.each([
    ['on', true, {}, 'on'],
    ['off', true, {}, 'off'],
    ['on', false, {}, 'off'],
    ['on', true, { 'sign_in.passwords': 'off' }, 'off'],
  ] as const)('recovery %s, e-mail sent: %s, %j: %s', (mode, can_send_email, more, expected) => {
    const set = settings({ 'recovery.mode': mode, 'sign_in.remember_device_days': 30, ...more })
    const of = (recovers: boolean) =>
      policyOf({
        ...{ settings: set, possible: possibleCredentials({ issuer: 'https://auth.test' }, set) },
        ...{ can_send_email, recovers, because: undefined },
      })
    expect(of(false)).toMatchObject({ recovery: expected, recovers: false, accepts_remembered: true })
    const isRecovery = expected === 'on'
    expect(of(true)).toMatchObject({ recovers: isRecovery, accepts_remembered: !isRecovery })
  })

  it('demands nothing beyond the settings without an application', () => {
    expect(policyOf({ possible, settings: settings(), because: undefined })).toEqual({
      passkeys: 'on',
      passwords: 'on',
      email_codes: 'off',
      sms_codes: 'off',
      recovery: 'off',
      recovers: false,
      second_factor: 'optional',
      required_acr_values: [],
      wanted_acr_values: [],
      because: undefined,
      promote_passkeys: true,
      remember_device_days: 0,
      accepts_remembered: false,
    })
  })

  it('collects one list of classes from deployment, client and request each', () => {
    const policy = policyOf({
      possible,
      settings: settings({ 'sign_in.required_acr_values': ['urn:authly:acr:mfa'] }),
      client: { required_acr_values: ['phr'], default_acr_values: [] },
      request: asked({ essential_acr: ['phrh'] }),
      because: undefined,
    })
    expect(policy.required_acr_values).toEqual([['urn:authly:acr:mfa'], ['phr'], ['phrh']])
  })

  it('takes the default of the client only for a request without acr_values', () => {
    const client = { required_acr_values: [], default_acr_values: ['phr'] }
    const wanted = (request: RequestDemands) =>
      policyOf({ possible, settings: settings(), client, request, because: undefined }).wanted_acr_values
    expect(wanted(asked())).toEqual(['phr'])
    expect(wanted(asked({ acr_values: ['phrh'] }))).toEqual(['phrh'])
  })

  it('offers what an account can have, and asks nobody for a passkey that is not', () => {
    const set = settings({ 'sign_in.passwords': 'off' })
    const only = (passkeys: boolean) =>
      policyOf({ settings: set, possible: { passkeys, passwords: !passkeys }, because: undefined })
    expect(only(false)).toMatchObject({ passkeys: 'off', passwords: 'on', promote_passkeys: false })
    expect(only(true)).toMatchObject({ passkeys: 'on', passwords: 'off', promote_passkeys: true })
  })

  it.each([
    ['nothing special', asked(), undefined, true],
    ['another account', asked(), 'other_account', true],
    ['signing in again', asked(), 'again', false],
    ['a stronger sign-in', asked(), 'stronger', false],
    ['max_age or prompt=login', asked({ asks_anew: true }), undefined, false],
    ['acr_values', asked({ acr_values: ['urn:authly:acr:pwd'] }), undefined, false],
    ['an admin scope', asked({ scopes: ['openid', 'admin:users:read'] }), undefined, false],
  ] as const)('says whether a remembered factor counts: %s', (_what, request, because, expected) => {
    expect(policyOf({ possible, settings: remembering, request, because }).accepts_remembered).toBe(expected)
    expect(policyOf({ possible, settings: settings(), request, because }).accepts_remembered).toBe(false)
  })

  it('wants a second factor for admin scopes where one can be remembered', () => {
    const request = (acr_values: readonly string[]) => asked({ scopes: ['admin:users:read'], acr_values })
    const wanted = (acr_values: readonly string[], set = remembering) =>
      policyOf({ possible, settings: set, request: request(acr_values), because: undefined })
        .wanted_acr_values
    expect(wanted([])).toEqual(['urn:authly:acr:mfa'])
    expect(wanted(['urn:authly:acr:pwd'])).toEqual(['urn:authly:acr:mfa'])
    expect(wanted(['urn:authly:acr:pwd', 'phr'])).toEqual(['phr'])
    expect(wanted([], settings())).toEqual([])
  })
})

describe('requiredClasses', () => {
  const classes = fc.subarray(contextClasses.map(({ acr }) => acr))

  it('drops no demand, and adds none', () => {
    fc.assert(
      fc.property(classes, classes, classes, (deployment, client, essential) => {
        const lists = requiredClasses(
          { 'sign_in.required_acr_values': deployment },
          { required_acr_values: client },
          { essential_acr: essential },
        )
        expect(lists).toEqual([deployment, client, essential].filter(({ length }) => length > 0))
      }),
    )
  })
})
