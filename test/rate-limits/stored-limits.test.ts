import { describe, expect, test } from 'vitest'
import { policies } from '../../src/rate-limits/policies.ts'
import { lockoutFault, policyNames, storedOverrides } from '../../src/rate-limits/stored-limits.ts'
import { toSettings } from '../../src/settings/settings.ts'

describe('rate limits set by admins', () => {
  test('are one setting each; what does not fit, or is unknown, counts as not set', () => {
    const stored = {
      'rate_limits.login-ip': { capacity: 5, per_seconds: 60 },
      'rate_limits.token-client': null,
      'rate_limits.authorize-ip': { capacity: -1, per_seconds: 60 },
      'rate_limits.no-such-policy': { capacity: 5, per_seconds: 60 },
    }
    expect(storedOverrides(stored)).toEqual({ 'login-ip': { capacity: 5, perSeconds: 60 } })
  })

  test('are the same object as long as the cache hands out the same settings: a request works out nothing', () => {
    const stored = { 'rate_limits.login-ip': { capacity: 5, per_seconds: 60 } }
    expect(toSettings(stored).rate_limits).toBe(toSettings(stored).rate_limits)
  })

  test('no default would be refused as too low', () => {
    for (const name of policyNames) expect(lockoutFault(name, policies[name])).toBeUndefined()
  })

  test('what an administrator needs to come back has a floor', () => {
    expect(lockoutFault('login-ip', { capacity: 4, perSeconds: 60 })).toMatch(/at least 5/)
    expect(lockoutFault('login-ip', { capacity: 5, perSeconds: 3601 })).toMatch(/at least 5/)
    expect(lockoutFault('password-user', { capacity: 1, perSeconds: 86_400 })).toBeUndefined()
  })
})
