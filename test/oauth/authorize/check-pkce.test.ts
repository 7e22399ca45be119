import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import type { CheckNeeds } from '../../../src/oauth/authorize/check.ts'
import { checkPkce } from '../../../src/oauth/authorize/check-pkce.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import { plain } from '../../../src/protocol/request-provenance.ts'
import { aClient } from '../../fakes/client.ts'

const challenge = `code_challenge=${'c'.repeat(43)}`

async function check(query: string, client: Partial<Client> = {}) {
  const parameters = parseParameters(query)
  if (!parameters.ok) throw new Error(parameters.error)
  const checked = await checkPkce({} as CheckNeeds, {
    parameters: parameters.value,
    client: aClient(client),
    provenance: plain,
  })
  return checked.ok ? (checked.value.code_challenge ?? 'exempt') : checked.error.error
}

describe('PKCE (RFC 7636, RFC 9700 §2.1.1)', () => {
  it.each([
    ['S256', `${challenge}&code_challenge_method=S256`, 'c'.repeat(43)],
    ['plain shows the verifier', `${challenge}&code_challenge_method=plain`, 'invalid_request'],
    ['no method means plain (§4.3)', challenge, 'invalid_request'],
    ['a method without a challenge', 'code_challenge_method=S256', 'invalid_request'],
    ['a challenge that is no SHA-256', 'code_challenge=abc&code_challenge_method=S256', 'invalid_request'],
    ['nothing', 'scope=openid&nonce=n', 'invalid_request'],
  ])('%s', async (_, query, expected) => {
    expect(await check(query)).toBe(expected)
  })

  it('stays required where only the nonce is optional', async () => {
    expect(await check('scope=openid', { nonce_optional: true })).toBe('invalid_request')
  })

  it.each<[string, string, Partial<Client>, string]>([
    ['a nonce in an ID token', 'scope=profile+openid&nonce=n', {}, 'exempt'],
    ['no nonce', 'scope=openid', {}, 'invalid_request'],
    ['a nonce, but no ID token to carry it back', 'scope=read&nonce=n', {}, 'invalid_request'],
    ['a nonce and no scope at all', 'nonce=n', {}, 'invalid_request'],
    ['openid asked for, but not granted', 'scope=openid&nonce=n', { scopes: ['read'] }, 'invalid_request'],
    [
      'a public client, whatever its registration says',
      'scope=openid&nonce=n',
      { token_endpoint_auth_method: 'none' },
      'invalid_request',
    ],
    ['a challenge all the same', `${challenge}&code_challenge_method=S256`, {}, 'c'.repeat(43)],
    ['no nonce, which is optional for it', 'scope=openid', { nonce_optional: true }, 'exempt'],
    ['no nonce and no ID token', 'scope=read', { nonce_optional: true }, 'invalid_request'],
    [
      'no nonce as a public client, whatever its registration says',
      'scope=openid',
      { nonce_optional: true, token_endpoint_auth_method: 'none' },
      'invalid_request',
    ],
  ])('an exempt client with %s', async (_, query, client, expected) => {
    expect(await check(query, { require_pkce: false, ...client })).toBe(expected)
  })
})
