import { describe, expect, it } from 'vitest'
import { causesOf } from '../../src/kit/causes.ts'
import { databaseErrorOf, isLostRace } from '../../src/kit/database-error.ts'

const database = Object.assign(new Error('refused'), { name: 'NeonDbError', code: '40001' })
const wrapped = new Error('Failed query', { cause: new Error('in a batch', { cause: database }) })

describe('the causes of an error', () => {
  it('are the error itself and all below it, the innermost last', () => {
    expect(causesOf(wrapped).map(({ message }) => message)).toEqual(['Failed query', 'in a batch', 'refused'])
    expect(causesOf(new Error('told by text', { cause: 'text' }))).toHaveLength(1)
  })

  it('are none for what is no error', () => {
    for (const value of [undefined, null, 'text', { cause: database }]) expect(causesOf(value)).toEqual([])
  })

  it('end, even when they go round in a circle', () => {
    const error = new Error('a')
    error.cause = new Error('b', { cause: error })
    expect(causesOf(error).length).toBeLessThan(100)
  })
})

describe('what the database said', () => {
  it('is found however deep it is wrapped', () => {
    expect(databaseErrorOf(wrapped)).toBe(database)
    expect(databaseErrorOf(database)).toBe(database)
    expect(isLostRace(database)).toBe(true)
  })

  it('is not taken from another error with a code', () => {
    const refused = Object.assign(new Error('connect'), { code: '23505' })
    expect(databaseErrorOf(new Error('Failed query', { cause: refused }))).toBeUndefined()
  })
})
