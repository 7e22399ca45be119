import { expect, it } from 'vitest'
import { knownMethod, outcomeOf } from '../../src/telemetry/request-outcome.ts'

it.each([
  [200, undefined, 'success'],
  [101, undefined, 'success'],
  [303, undefined, 'success'],
  [303, { error: 'access_denied' }, 'refused'],
  [303, { error: 'server_error' }, 'failed'],
  [303, { error: 'temporarily_unavailable' }, 'failed'],
  [400, { error: 'server_error' }, 'refused'],
  [404, undefined, 'refused'],
  [429, { error: 'temporarily_unavailable' }, 'limited'],
  [500, undefined, 'failed'],
  [503, { error: 'temporarily_unavailable' }, 'failed'],
])('a response %i explained by %j is %s', (status, explanation, outcome) => {
  expect(outcomeOf(status, explanation)).toBe(outcome)
})

it('methods that do not exist are one', () => {
  expect(['GET', 'POST', 'get', 'HUNTER2', ''].map(knownMethod)).toEqual([
    ...['GET', 'POST', '_OTHER', '_OTHER', '_OTHER'],
  ])
})
