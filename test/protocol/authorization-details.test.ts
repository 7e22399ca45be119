import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeDetails } from '../../src/login/describe-details.ts'
import { areAmong, parseAuthorizationDetails } from '../../src/protocol/authorization-details.ts'
import { detailFault, schemaFault } from '../../src/scopes/details-schema.ts'
import corpus from './authorization-details-corpus.json' with { type: 'json' }

const type = {
  ...{ type: 'payment', resource: 'https://bank.example', description: 'Pay {amount.value} to {to} {}{{x}}' },
  schema: {
    properties: { to: { type: 'string' }, amount: { $ref: '#/$defs/amount' } },
    required: ['to'],
    $defs: {
      amount: { type: 'object', properties: { value: { type: 'number' } }, additionalProperties: false },
    },
  },
}
const catalog = { scopes: [], resource_servers: [], authorization_details_types: [type] }

/** All that happens to the parameter before a person sees it. */
function read(parameter: string): 'refused' | 'of another shape' | 'fits' {
  const parsed = parseAuthorizationDetails(parameter)
  if (!parsed.ok) {
    expect(parsed.error.error).toBe('invalid_authorization_details')
    return 'refused'
  }
  expect(areAmong(parsed.value, parsed.value)).toBe(true)
  const shown = describeDetails(parsed.value, catalog)
  expect(shown).toHaveLength(parsed.value.length)
  const faults = parsed.value.map((detail) => detailFault(type, detail))
  return faults.every((fault) => fault === undefined) ? 'fits' : 'of another shape'
}

describe('authorization details (RFC 9396 §2)', () => {
  it.each(corpus)('%s', (parameter = '', expected = '') => {
    expect(read(parameter)).toBe(expected)
  })

  it('of any kind are refused or read, and nothing breaks', () => {
    const members = fc.dictionary(
      fc.oneof(
        fc.constantFrom('to', 'amount', 'locations', '__proto__', 'constructor', 'toString'),
        fc.string(),
      ),
      fc.jsonValue(),
      { maxKeys: 6 },
    )
    const detail = fc
      .tuple(members, fc.oneof(fc.constant('payment'), fc.jsonValue()))
      .map(([rest, name]) => ({ ...rest, type: name }))
    const parameter = fc.oneof(
      fc.array(detail, { maxLength: 4 }).map((details) => JSON.stringify(details)),
      fc.json(),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(fc.property(parameter, (text) => void read(text)))
  })

  it('of any schema are taken or refused, and nothing breaks', () => {
    const keyword = fc.constantFrom(
      ...[
        '$ref',
        '$id',
        '$defs',
        'properties',
        'items',
        'allOf',
        'not',
        'type',
        'pattern',
        'required',
        'enum',
      ],
    )
    const value = fc.oneof(
      fc.constantFrom('#', '#/', '#/%', '#/$defs/x', 'https://x.example/', '(', '[', 'object'),
      fc.jsonValue(),
    )
    const schemas = fc.dictionary(keyword, value, { maxKeys: 5 })
    fc.assert(fc.property(schemas, (schema) => void schemaFault(schema)))
  })

  describe('with a member that the schema does not list', () => {
    const amount = { type: 'object', properties: { value: { type: 'string' } } }
    const fits = (schema: Record<string, unknown>, detail: object) => {
      expect(schemaFault(schema)).toBeUndefined()
      return detailFault({ ...type, schema }, { ...detail, type: 'payment' }) === undefined
    }
    const of = (member: unknown, more: object = {}) => ({ properties: { member }, ...more })
    const all = [amount, { properties: { currency: {} } }]

    it.each<[string, Record<string, unknown>, (member: object) => unknown]>([
      ['in place', of(amount), (member) => member],
      ['where $ref leads', of({ $ref: '#/$defs/amount' }, { $defs: { amount } }), (member) => member],
      ['in a list', of({ type: 'array', items: amount }), (member) => [member]],
      ['in a list of its own kinds', of({ prefixItems: [amount] }), (member) => [member]],
      ['further in', of({ properties: { deep: amount } }), (member) => ({ deep: member })],
      ['beside allOf', of({ ...amount, allOf: [{ properties: { currency: {} } }] }), (member) => member],
    ])('are refused: %s (§5)', (_where, schema, place) => {
      expect(fits(schema, { member: place({ value: '5' }) })).toBe(true)
      expect(fits(schema, { member: place({ value: '5', discount: '4' }) })).toBe(false)
    })

    it.each<[string, Record<string, unknown>]>([
      ['it says so', of({ ...amount, additionalProperties: true })],
      [
        'it says so where $ref leads',
        of({ $ref: '#/$defs/x' }, { $defs: { x: { ...amount, additionalProperties: true } } }),
      ],
      ['it lists none', of({ type: 'object' })],
      ['it says nothing', of({})],
      ['only parts of it list some', of({ allOf: all })],
    ])('are taken where %s', (_why, schema) => {
      expect(fits(schema, { member: { value: '5', discount: '4' } })).toBe(true)
    })

    it('beside allOf those that its parts list are known', () => {
      expect(fits(of({ ...amount, allOf: all }), { member: { value: '5', currency: 'EUR' } })).toBe(true)
    })
  })

  it('have schemas whose regular expressions are ones', () => {
    expect(schemaFault({ properties: { to: { pattern: '^[a-z]+$' } } })).toBeUndefined()
    expect(schemaFault({ properties: { to: { pattern: '(' } } })).toContain('regular expressions')
    expect(schemaFault({ patternProperties: { '[': {} } })).toContain('regular expressions')
  })

  it('narrowed to one with other members, or another order of a list, are not among those granted', () => {
    const granted = [{ type: 'payment', to: 'Erna', tags: ['a', 'b'], amount: { value: 5, currency: 'EUR' } }]
    expect(
      areAmong(
        [{ amount: { currency: 'EUR', value: 5 }, tags: ['a', 'b'], to: 'Erna', type: 'payment' }],
        granted,
      ),
    ).toBe(true)
    expect(areAmong([{ ...granted[0], type: 'payment', tags: ['b', 'a'] }], granted)).toBe(false)
    expect(areAmong([{ type: 'payment', to: 'Erna' }], granted)).toBe(false)
    expect(areAmong([{ ...granted[0], type: 'payment', more: 1 }], granted)).toBe(false)
  })
})
