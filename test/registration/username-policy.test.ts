import { describe, expect, it } from 'vitest'
import { usernameProblem } from '../../src/registration/username-policy.ts'

describe('a username that people choose', () => {
  it.each(['ada', 'Ada.Lovelace', 'a-1', 'x_9z', 'a'.repeat(32)])('%s is fine', (name) => {
    expect(usernameProblem(name, [])).toBeUndefined()
  })

  it.each([
    '',
    'ab',
    'a'.repeat(33),
    '-ada',
    'ada.',
    'a..da',
    'a._da',
    'ada lovelace',
    'ada@example',
    'ädä',
    'аda',
    'ada\n',
  ])('%j has no form that is taken', (name) => {
    expect(usernameProblem(name, [])).toBe('malformed')
  })

  it.each([
    'admin',
    'ADMIN',
    'Adm1n',
    'a.d.m.i.n',
    'sup-p0rt',
    'Root',
    'no-reply',
    'web_master',
    'he1p',
    'bi11ing',
  ])('Attack: %s speaks in the name of the service', (name) => {
    expect(usernameProblem(name, [])).toBe('reserved')
  })

  it('keeps the names of the deployment free, in any spelling, and no longer ones', () => {
    expect(usernameProblem('Tea-House', ['teahouse'])).toBe('reserved')
    expect(usernameProblem('teahouse2', ['teahouse'])).toBeUndefined()
    expect(usernameProblem('administrate', [])).toBeUndefined()
  })
})
