import { describe, expect, it } from 'vitest'
import { mustSign } from '../../src/admin/request-signing.ts'

const read = { method: 'get' } as const
const write = { method: 'patch' } as const
const dangerous = { method: 'delete', dangerous: true } as const
const dangerousRead = { method: 'get', dangerous: true } as const
const free = { require_request_signing: false }

describe('which admin requests must be signed', () => {
  it.each([
    ['off', [false, false, false, false]],
    ['dangerous', [false, false, true, true]],
    ['writes', [false, true, true, true]],
    ['all', [true, true, true, true]],
  ] as const)('%s: read, write, dangerous write, dangerous read %j', (policy, expected) => {
    const operations = [read, write, dangerous, dangerousRead]
    expect(operations.map((operation) => mustSign(policy, free, operation))).toEqual(expected)
  })

  it('a client registered to sign always signs', () => {
    expect(mustSign('off', { require_request_signing: true }, read)).toBe(true)
  })
})
