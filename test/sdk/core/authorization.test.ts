import { authorizationRequest, readAuthorizationResponse } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import { issuer, metadata } from './authorization-server.ts'

const client = { clientId: 'garden', redirectUri: 'https://app.example/callback' }

describe('an authorization request (OpenID Connect Core §3.1.2.1, RFC 7636)', () => {
  it('says everything that was asked for, and keeps what the answer is checked against', async () => {
    const { url, transaction } = await authorizationRequest(
      metadata,
      { ...client, dpopThumbprint: 'thumbprint' },
      {
        ...{ scope: 'openid garden:read', resource: ['https://api.example', 'https://other.example'] },
        ...{ prompt: 'login', loginHint: 'ada', acrValues: ['a', 'b'], maxAge: 0, uiLocales: ['pt', 'en'] },
      },
    )
    expect(url.origin + url.pathname).toBe(metadata.authorization_endpoint)
    expect([...url.searchParams]).toEqual([
      ['response_type', 'code'],
      ['client_id', 'garden'],
      ['redirect_uri', client.redirectUri],
      ['scope', 'openid garden:read'],
      ['state', transaction.state],
      ['nonce', transaction.nonce],
      ['code_challenge', expect.stringMatching(/^[\w-]{43}$/)],
      ['code_challenge_method', 'S256'],
      ['dpop_jkt', 'thumbprint'],
      ['prompt', 'login'],
      ['login_hint', 'ada'],
      ['acr_values', 'a b'],
      ['max_age', '0'],
      ['ui_locales', 'pt en'],
      ['resource', 'https://api.example'],
      ['resource', 'https://other.example'],
    ])
    expect(transaction).toMatchObject({ redirectUri: client.redirectUri, maxAge: 0 })
    expect(url.href).not.toContain(transaction.codeVerifier)
  })

  it('says whether a class of sign-in is wished for or needed (OpenID Connect Core §5.5.1.1)', async () => {
    const asked = async (acrValues: readonly string[], acrEssential: boolean) => {
      const options = { scope: 'openid', acrValues, acrEssential }
      const { searchParams } = (await authorizationRequest(metadata, client, options)).url
      return [searchParams.get('acr_values'), JSON.parse(searchParams.get('claims') ?? 'null')]
    }
    const needed = { id_token: { acr: { essential: true, values: ['a', 'b'] } } }
    expect(await asked(['a', 'b'], true)).toEqual(['a b', needed])
    expect(await asked(['a', 'b'], false)).toEqual(['a b', null])
    expect(await asked([], true)).toEqual([null, null])
  })

  it('has values of its own each time, 256 bits each', async () => {
    const requests = await Promise.all(
      Array.from({ length: 50 }, () => authorizationRequest(metadata, client, { scope: 'openid' })),
    )
    const values = requests.flatMap(({ transaction: { state, nonce, codeVerifier } }) => [
      state,
      nonce,
      codeVerifier,
    ])
    expect(new Set(values).size).toBe(150)
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/)
  })

  it('keeps parameters of the endpoint itself (RFC 6749 §3.1)', async () => {
    const endpoint = `${issuer}/authorize?tenant=1`
    const { url } = await authorizationRequest({ ...metadata, authorization_endpoint: endpoint }, client, {
      scope: 'openid',
    })
    expect(url.searchParams.get('tenant')).toBe('1')
  })
})

describe('an authorization response', () => {
  const transaction = { state: 'the-state' }
  const good = { state: 'the-state', iss: issuer, code: 'the-code' }
  const read = (
    parameters: Record<string, string> | string,
    known: typeof transaction | undefined = transaction,
  ) => readAuthorizationResponse(new URLSearchParams(parameters), known, metadata)
  const query = new URLSearchParams(good).toString()

  it('with the right state and issuer gives its code', () => {
    expect(read(good)).toBe('the-code')
  })

  it.each([
    ['with another state (login CSRF, RFC 9700 §4.7)', { ...good, state: 'other' }, 'state_mismatch'],
    ['without state', { iss: issuer, code: 'x' }, 'state_mismatch'],
    [
      'with an error and another state',
      { ...good, state: 'other', error: 'access_denied' },
      'state_mismatch',
    ],
    [
      'of another issuer (mix-up, RFC 9207 §2.4)',
      { ...good, iss: 'https://evil.example' },
      'issuer_mismatch',
    ],
    ['of the issuer with a slash', { ...good, iss: `${issuer}/` }, 'issuer_mismatch'],
    ['without iss, which the server says it sends', { state: 'the-state', code: 'x' }, 'issuer_mismatch'],
    [
      'with an error of another issuer',
      { ...good, iss: 'https://evil.example', error: 'x' },
      'issuer_mismatch',
    ],
    ['with two states', `${query}&state=other`, 'invalid_response'],
    ['with two issuers', `${query}&iss=${issuer}`, 'invalid_response'],
    ['with two codes', `${query}&code=other`, 'invalid_response'],
    ['without a code', { state: 'the-state', iss: issuer }, 'invalid_response'],
    ['with an empty code', { ...good, code: '' }, 'invalid_response'],
    ['with an error', { ...good, error: 'access_denied', error_description: 'no' }, 'access_denied'],
  ])('%s gives none', (_, parameters, code) => {
    expect(() => read(parameters)).toThrow(expect.objectContaining({ code }))
  })

  it('that nobody waits for gives none', () => {
    expect(() => readAuthorizationResponse(new URLSearchParams(good), undefined, metadata)).toThrow(
      'state_mismatch',
    )
    // Attack: a transaction without a state would fit a response without one.
    expect(() => read({ iss: issuer, code: 'x' }, { state: undefined as unknown as string })).toThrow(
      'state_mismatch',
    )
  })

  it('of a server without RFC 9207 needs no iss, but a wrong one is wrong', () => {
    const { authorization_response_iss_parameter_supported: _, ...old } = metadata
    const { iss: __, ...without } = good
    expect(readAuthorizationResponse(new URLSearchParams(without), transaction, old)).toBe('the-code')
    const wrong = new URLSearchParams({ ...good, iss: 'https://evil.example' })
    expect(() => readAuthorizationResponse(wrong, transaction, old)).toThrow('issuer_mismatch')
  })
})
