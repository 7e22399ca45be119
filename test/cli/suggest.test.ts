/** What is suggested for a word that is none. */
import { describe, expect, it } from 'vitest'
import { resembling } from '../../cli/suggest.ts'

const groups = ['audit', 'clients', 'jobs', 'keys', 'roles', 'scopes', 'settings', 'users']

describe('a suggestion', () => {
  it.each([
    ['userz', ['users']],
    ['user', ['users']],
    ['usres', ['users']],
    ['USERS', ['users']],
    ['cleints', ['clients']],
    ['sets', []],
    ['setti', ['settings']],
    ['x', []],
    ['', []],
    ['banana', []],
  ])('for “%s” is what one slip, or the rest of the word, makes of it', (typed, names) => {
    expect(resembling(typed, groups)).toEqual(names)
  })

  it('names all that are equally near, the nearest first, three at most', () => {
    expect(resembling('--created', ['--created-after', '--created-before', '--email'])).toEqual([
      '--created-after',
      '--created-before',
    ])
    expect(resembling('rolas', ['role', 'roles', 'rules'])).toEqual(['roles'])
    expect(resembling('aaaaaa', ['aaaaab', 'aaaaac', 'aaaaad', 'aaaaae'])).toHaveLength(3)
  })
})
