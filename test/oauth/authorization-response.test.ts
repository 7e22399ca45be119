import { describe, expect, it } from 'vitest'
import { chooseLanguage } from '../../src/messages/choose-language.ts'
import { authorizationResponse } from '../../src/oauth/authorize/authorization-response.ts'
import { submitScript, submitScriptHash } from '../../src/oauth/authorize/form-post.tsx'
import type { RedirectTarget } from '../../src/oauth/authorize/redirect-target.ts'
import { refuse } from '../../src/protocol/refusal.ts'

const target = (overrides: Partial<RedirectTarget> = {}) =>
  ({
    redirect_uri: 'https://app.example/cb',
    response_mode: 'query',
    state: 's',
    ...overrides,
  }) as RedirectTarget
const issuer = 'https://auth.example'
const english = async () => chooseLanguage('en', undefined)

describe('authorization response', () => {
  it('goes to the redirect URI with state and iss (RFC 6749 §4.1.2, RFC 9207)', async () => {
    const response = await authorizationResponse(issuer, target(), { code: 'c' }, english)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      'https://app.example/cb?code=c&state=s&iss=https%3A%2F%2Fauth.example',
    )
  })

  it('keeps the query of the redirect URI (RFC 6749 §3.1.2)', async () => {
    const response = await authorizationResponse(
      issuer,
      target({ redirect_uri: 'https://app.example/cb?a=1' }),
      {
        refusal: refuse('access_denied', 'no'),
      },
      english,
    )
    const location = new URL(response.headers.get('location') as string)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      a: '1',
      error: 'access_denied',
      error_description: 'no',
      state: 's',
      iss: issuer,
    })
  })

  it('escapes state in a form_post page, against script injection', async () => {
    const response = await authorizationResponse(
      issuer,
      target({ response_mode: 'form_post', state: '"><script>alert(1)</script>' }),
      { code: 'c' },
      english,
    )
    const html = await response.text()
    expect(html).not.toContain('<script>alert(1)')
    expect(html).toContain('name="code" value="c"')
  })

  it('allows exactly its own script by hash in the form_post page', async () => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(submitScript))
    expect(submitScriptHash).toBe(`'sha256-${Buffer.from(digest).toString('base64')}'`)
  })
})
