import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClientCredentials } from '../../../src/oauth/client-auth/presented-credentials.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'

const form = (fields: Record<string, string>) => {
  const parsed = parseParameters(new URLSearchParams(fields).toString())
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}
const formEncode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)
const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64')}`
const jwtOf = (payload: object) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

describe('client credentials', () => {
  it('reads any id and secret from a Basic header (RFC 6749 §2.3.1)', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(text, text, (clientId, proof) => {
        expect(readClientCredentials(basic(clientId, proof), form({}))).toEqual({
          ok: true,
          value: { method: 'client_secret_basic', clientId, proof },
        })
      }),
    )
  })

  it.each([
    'Basic',
    'Basic ',
    'Basic !!!',
    'Bearer abc',
    `Basic ${Buffer.from('no colon').toString('base64')}`,
    `Basic ${Buffer.from(':secret').toString('base64')}`,
    `Basic ${Buffer.from('%zz:secret').toString('base64')}`,
    `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x61]).toString('base64')}`,
    'Basic YTpi YTpi',
  ])('refuses the malformed header %s with a challenge', (header) => {
    const read = readClientCredentials(header, form({}))
    expect(!read.ok && [read.error.error, read.error.status]).toEqual(['invalid_client', 401])
    expect(!read.ok && read.error.challenge).toMatch(/^Basic /)
  })

  it('asks for no header of a request that uses none (RFC 6749 §5.2)', () => {
    const assertion = { client_assertion: 'a.b.c', client_assertion_type: jwtBearer }
    for (const fields of [{}, assertion]) {
      const read = readClientCredentials(null, form(fields))
      expect(!read.ok && [read.error.error, read.error.status]).toEqual(['invalid_client', 400])
      expect(!read.ok && read.error.challenge).toBeUndefined()
    }
  })

  it.each<[string, string | null, Record<string, string>]>([
    ['header and body secret', basic('a', 'b'), { client_id: 'a', client_secret: 'b' }],
    ['header and assertion', basic('a', 'b'), { client_assertion: jwtOf({ sub: 'a' }) }],
    ['body secret and assertion', null, { client_secret: 'b', client_assertion: jwtOf({ sub: 'a' }) }],
    ['a client_id that differs from the header', basic('a', 'b'), { client_id: 'c' }],
    [
      'a client_id that differs from the assertion',
      null,
      { client_id: 'c', client_assertion: jwtOf({ sub: 'a' }), client_assertion_type: jwtBearer },
    ],
    ['an assertion without its type', null, { client_assertion: jwtOf({ sub: 'a' }) }],
  ])('refuses %s, so that no parser picks the other one (RFC 6749 §2.3)', (_case, header, fields) => {
    const read = readClientCredentials(header, form(fields))
    expect(!read.ok && read.error.error).toBe('invalid_request')
  })

  it('takes the client of an assertion from its subject (RFC 7523 §3)', () => {
    const fields = { client_assertion: jwtOf({ sub: 'a' }), client_assertion_type: jwtBearer }
    const read = readClientCredentials(null, form(fields))
    expect(read.ok && [read.value.method, read.value.clientId]).toEqual(['private_key_jwt', 'a'])
  })

  it('never throws on an assertion, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), (assertion) => {
        const fields = {
          client_assertion: assertion.replace(/\p{Cc}/gu, '') || 'x',
          client_assertion_type: jwtBearer,
        }
        expect(typeof readClientCredentials(null, form(fields)).ok).toBe('boolean')
      }),
    )
  })
})
