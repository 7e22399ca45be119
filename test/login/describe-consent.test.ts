import { expect, test } from 'vitest'
import { describeConsent } from '../../src/login/describe-consent.ts'
import { de } from '../../src/messages/de.ts'

const catalog = {
  scopes: [
    { name: 'demo:read', description: 'Read demo data', resource: undefined },
    { name: 'email', description: 'in the database', resource: undefined },
  ],
  resource_servers: [],
}

test('each scope and claim is said: translated, from the catalogue, or by its name, but never left out', () => {
  const asked = { scopes: ['email', 'demo:read', 'constructor'], claims: ['birthdate', 'loyalty_level'] }
  expect(describeConsent(asked, catalog, de)).toEqual({
    scopes: [de.scopes.email, '\u2068Read demo data\u2069', '\u2068constructor\u2069'],
    claims: [de.claims.birthdate, '\u2068loyalty_level\u2069'],
  })
})
