import fc from 'fast-check'
import { expect, test } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { describeConsent } from '../../src/login/describe-consent.ts'
import { chooseLanguage } from '../../src/messages/choose-language.ts'
import { de } from '../../src/messages/de.ts'
import { supportedLanguages } from '../../src/messages/languages.ts'

const german = { tag: 'de', messages: de } as const

const catalog = {
  scopes: [
    { name: 'demo:read', description: 'Read demo data', resource: undefined },
    { name: 'email', description: 'in the database', resource: undefined },
  ],
  resource_servers: [],
}

test('each scope and claim is said: translated, from the catalogue, or by its name, but never left out', () => {
  const asked = { scopes: ['email', 'demo:read', 'constructor'], claims: ['birthdate', 'loyalty_level'] }
  expect(describeConsent(asked, catalog, german)).toEqual({
    scopes: [de.scopes.email, '\u2068Read demo data\u2069', '\u2068constructor\u2069'],
    administration: [],
    claims: [de.claims.birthdate, '\u2068loyalty_level\u2069'],
    details: [],
  })
})

test('of authorization details nothing is left out: what their line does not name stands below it (RFC 9396)', () => {
  const type = 'payment'
  const known = {
    ...catalog,
    authorization_details_types: [
      {
        type,
        resource: 'https://bank.example',
        description: 'Pay {amount.value} to {creditor} {absent}',
        schema: {},
      },
    ],
  }
  const detail = {
    type,
    creditor: 'Erna',
    amount: { value: '5', currency: 'EUR' },
    tags: ['a', 'b'],
    empty: {},
  }
  const authorization_details = [detail, { type: 'unknown', name: 'x' }]
  const { details } = describeConsent({ scopes: [], claims: [], authorization_details }, known, german)
  const plain = JSON.parse(JSON.stringify(details).replaceAll(/[\u2068\u2069]/g, ''))
  expect(plain).toEqual([
    {
      title: 'Pay 5 to Erna {absent}',
      members: [
        { name: 'amount.currency', value: 'EUR' },
        { name: 'tags.0', value: 'a' },
        { name: 'tags.1', value: 'b' },
        { name: 'empty', value: '{}' },
      ],
    },
    { title: 'unknown', members: [{ name: 'name', value: 'x' }] },
  ])
})

test('a value cannot pass for another: it stays within its own direction and line', () => {
  const type = 'payment'
  const known = {
    ...catalog,
    authorization_details_types: [
      { type, resource: 'https://bank.example', description: 'Pay {amount} to {creditor}', schema: {} },
    ],
  }
  const details = [{ type, amount: '5', creditor: '\u202e005 {amount}' }]
  const shown = describeConsent({ scopes: [], claims: [], authorization_details: details }, known, german)
  expect(shown.details[0]?.title).toBe('Pay \u20685\u2069 to \u2068005 {amount}\u2069')
})

test('a member cannot be shown in the place of another, nor hidden, whatever it is called', () => {
  const type = 'payment'
  const known = {
    ...catalog,
    authorization_details_types: [
      {
        type,
        resource: 'https://bank.example',
        description: 'Pay {amount.value} to {creditor}',
        schema: {},
      },
    ],
  }
  const detail = JSON.parse(`{
    "type": "payment", "amount": { "value": "1000" }, "creditor": "Eve",
    "amount.value": "1", "": { "creditor": "Erna", "": "hidden" }, "\\"creditor\\"": "Erna", " ": "blank",
    "\\u200bcreditor": "Erna", "__proto__": { "x": "y" }
  }`)
  const { details } = describeConsent(
    { scopes: [], claims: [], authorization_details: [detail] },
    known,
    german,
  )
  const plain = JSON.parse(JSON.stringify(details).replaceAll(/[\u2068\u2069]/g, ''))
  expect(plain).toEqual([
    {
      title: 'Pay 1000 to Eve',
      members: [
        { name: '"amount.value"', value: '1' },
        { name: '"".creditor', value: 'Erna' },
        { name: '"".""', value: 'hidden' },
        { name: String.raw`"\"creditor\""`, value: 'Erna' },
        { name: '" "', value: 'blank' },
        { name: '"\u200bcreditor"', value: 'Erna' },
        { name: '__proto__.x', value: 'y' },
      ],
    },
  ])
})

test('every value of any object is shown, in a place of its own', () => {
  const valuesOf = (value: unknown): readonly unknown[] => {
    const members = typeof value === 'object' && value !== null ? Object.values(value) : []
    return members.length === 0 ? [value] : members.flatMap(valuesOf)
  }
  const name = fc.oneof(fc.string(), fc.constantFrom('', '.', 'a', 'a.a', '"', '"a"', '\\'))
  const object = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.dictionary(name, tie('value'), { maxKeys: 4 })),
  })).value
  fc.assert(
    fc.property(fc.dictionary(name, object, { minKeys: 1, maxKeys: 4 }), (members) => {
      const { type: _, ...rest } = members
      const [shown] = describeConsent(
        { scopes: [], claims: [], authorization_details: [{ ...rest, type: 'x' }] },
        catalog,
        german,
      ).details
      expect(shown?.members).toHaveLength(Object.keys(rest).length === 0 ? 0 : valuesOf(rest).length)
    }),
  )
})

test('permissions of the admin API are gathered by what they are about, in the order of the page', () => {
  const asked = { scopes: ['admin:keys:read', 'admin:users:write', 'openid', 'admin:users:read'], claims: [] }
  expect(describeConsent(asked, catalog, german)).toMatchObject({
    scopes: [de.scopes.openid],
    administration: [
      { name: 'Personen und ihre Konten', actions: 'ansehen, anlegen und ändern' },
      { name: 'Signaturschlüssel', actions: 'ansehen' },
    ],
  })
})

test('a permission without words is a line of its own, whatever it calls itself', () => {
  const scopes = ['admin:users:forget', 'admin:constructor:name', 'admin:users:read:all', 'admin:users']
  const shown = describeConsent({ scopes, claims: [] }, catalog, german)
  expect(shown.administration).toEqual([])
  expect(shown.scopes).toEqual(scopes.map((scope) => `\u2068${scope}\u2069`))
})

test.each(supportedLanguages)('there are words for every permission: %s', (tag) => {
  const shown = describeConsent(
    { scopes: permissionNames, claims: [] },
    catalog,
    chooseLanguage(tag, undefined),
  )
  expect(shown.scopes).toEqual([])
  expect(shown.administration).toHaveLength(new Set(permissionNames.map((name) => name.split(':')[1])).size)
})
