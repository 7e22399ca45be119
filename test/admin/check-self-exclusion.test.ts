import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/access/actor.ts'
import { checkSelfExclusion } from '../../src/admin/check-self-exclusion.ts'

const actor: Caller = {
  ...{ type: 'user', id: 'u', clientId: 'c', scopes: [], authTime: 1 },
  acr: 'urn:authly:acr:pwd',
}
const caller = { actor, origin: { ip: '192.0.2.1' } }
const pointer = (name: string) => `#/${name}`
const pointersOf = (changed: Parameters<typeof checkSelfExclusion>[0], by = caller) =>
  checkSelfExclusion(changed, by, pointer).map((fault) => ('pointer' in fault ? fault.pointer : ''))

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
  })

  it('has no say in other settings', () => {
    expect(pointersOf({ 'admin.step_up_max_age_seconds': 30 })).toEqual([])
  })
})
