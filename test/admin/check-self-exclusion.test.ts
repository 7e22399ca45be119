import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/access/actor.ts'
import { checkSelfExclusion } from '../../src/admin/check-self-exclusion.ts'
import { toSettings } from '../../src/settings/settings.ts'

const actor: Caller = {
  ...{ type: 'user', id: 'u', clientId: 'c', scopes: [], authTime: 1 },
  acr: 'urn:authly:acr:pwd',
}
const caller = { actor, origin: { ip: '192.0.2.1' } }
const pointer = (name: string) => `#/${name}`
const pointersOf = (changed: Parameters<typeof checkSelfExclusion>[0], by = caller, current = {}) =>
  checkSelfExclusion(changed, toSettings(current), by, pointer).map((fault) =>
    'pointer' in fault ? fault.pointer : '',
  )

describe('a change of who is admitted must admit who makes it', () => {
  it('an allow list without the own address is refused', () => {
    expect(pointersOf({ 'admin.ip_allow_list': ['198.51.100.0/24'] })).toEqual(['#/admin.ip_allow_list'])
    expect(pointersOf({ 'admin.ip_allow_list': ['192.0.2.0/24'] })).toEqual([])
    expect(pointersOf({ 'admin.ip_allow_list': [] })).toEqual([])
  })

  it('signatures can be required only by a signed request', () => {
    expect(pointersOf({ 'admin.request_signing': 'dangerous' })).toEqual(['#/admin.request_signing'])
    const signed = { ...caller, actor: { ...actor, isSigned: true } }
    expect(pointersOf({ 'admin.request_signing': 'all' }, signed)).toEqual([])
    expect(pointersOf({ 'admin.request_signing': 'off' })).toEqual([])
  })

  it('an authentication context that the own sign-in has not is refused', () => {
    expect(pointersOf({ 'admin.step_up_acr_values': ['urn:authly:acr:mfa'] })).toEqual([
      '#/admin.step_up_acr_values',
    ])
    expect(pointersOf({ 'admin.step_up_acr_values': ['urn:authly:acr:mfa', 'urn:authly:acr:pwd'] })).toEqual(
      [],
    )
    const strong = { ...caller, actor: { ...actor, acr: 'phr' } }
    expect(pointersOf({ 'admin.step_up_acr_values': ['urn:authly:acr:mfa'] }, strong)).toEqual([])
  })

  const signedInBy = (acr: string) => ({ ...caller, actor: { ...actor, acr } })

  it.each([
    [
      'a class that is not reached',
      { 'sign_in.required_acr_values': ['phr'] },
      'urn:authly:acr:mfa',
      {},
      true,
    ],
    ['a class that is reached', { 'sign_in.required_acr_values': ['urn:authly:acr:mfa'] }, 'phr', {}, false],
    ['no passwords, without a passkey', { 'sign_in.passwords': 'off' }, 'urn:authly:acr:mfa', {}, true],
    ['no passwords, with a passkey', { 'sign_in.passwords': 'off' }, 'phr', {}, false],
    ['no passkeys, with one', { 'sign_in.passkeys': 'off' }, 'phrh', {}, true],
    ['no passkeys, without one', { 'sign_in.passkeys': 'off' }, 'urn:authly:acr:pwd', {}, false],
    [
      'no passkeys while they are required',
      { 'sign_in.passkeys': 'off' },
      'urn:authly:acr:pwd',
      { 'sign_in.required_acr_values': ['phr'] },
      true,
    ],
    [
      'no passkeys while dangerous operations need one',
      { 'sign_in.passkeys': 'off' },
      'urn:authly:acr:pwd',
      { 'admin.step_up_acr_values': ['phrh'] },
      true,
    ],
  ] as const)('a way of signing in: %s', (_what, changed, acr, current, isRefused) => {
    const pointers = pointersOf(changed as never, signedInBy(acr), current)
    expect(pointers).toEqual(isRefused ? [`#/${Object.keys(changed)[0]}`] : [])
  })

  it('a service account may change all of it: it does not sign in', () => {
    const service = { ...caller, actor: { ...actor, type: 'client', acr: undefined } as Caller }
    expect(pointersOf({ 'sign_in.required_acr_values': ['phrh'] }, service)).toEqual([])
  })

  it('has no say in other settings', () => {
    expect(pointersOf({ 'admin.step_up_max_age_seconds': 30 })).toEqual([])
  })
})
