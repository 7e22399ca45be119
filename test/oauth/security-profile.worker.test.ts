/** Lines of docs/security-profile.md that no other test is about. */
import { SELF } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { type Browser, issuer, openBrowser, type Shown, signInFrom } from '../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { openRelyingParty } from '../logout/relying-party.ts'

/** Signs a new person in, by the page that this answer leads to. */
const signNewIn = async (browser: Browser, begun: Shown): Promise<Shown> =>
  signInFrom(browser, begun, (await addPerson()).email, goodPassword)

describe('an authorization response', () => {
  it.each([
    'token',
    'id_token',
    'id_token token',
    'code token',
    'code id_token',
    'code id_token token',
    'none',
  ])(
    'no response type that puts a token into the response is served (RFC 9700 §2.1.2): %s',
    async (response_type) => {
      const browser = openBrowser()
      await signNewIn(browser, await browser.get('/login'))
      const client = (await openRelyingParty()).client_id
      for (const more of [{}, { response_mode: 'fragment' }, { response_mode: 'form_post' }]) {
        const answer = await browser.get(authorizePath(client, { response_type, ...more }))
        const told = `${answer.location ?? ''} ${answer.html}`
        expect(told).toMatch(/unsupported_response_type|invalid_request/)
        expect(told).not.toMatch(/#|access_token|id_token=|name="(access_token|id_token|code)"|code=/)
      }
    },
  )

  it('every redirect is 303: no form of ours reaches an application (RFC 9700 §4.12)', async () => {
    const browser = openBrowser()
    const path = authorizePath(await addApplication())
    const answers: Shown[] = []
    const seen = (shown: Shown): Shown => {
      answers.push(shown)
      return shown
    }
    const begun = seen(await browser.get(path))
    seen(await browser.post('/oauth/authorize', path.split('?')[1] ?? ''))
    const signedIn = seen(await signNewIn(browser, begun))
    const resumed = seen(await browser.get(signedIn.location ?? ''))
    const consent = await browser.follow(resumed)
    const allowed = seen(await browser.post('/consent', { ...consent.hidden, decision: 'allow' }))
    const arrived = seen(await browser.get(allowed.location ?? ''))
    expect(arrived.location).toMatch(/^https:\/\/app\.test\/cb\?code=/)
    const question = await browser.get('/logout')
    seen(await browser.post('/logout', question.hidden))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303))
    for (const { location } of answers) expect(location).not.toContain(goodPassword)
  })
})

describe('a refresh token', () => {
  it('a client without that grant type gets no refresh token (RFC 9700 §4.14.2)', async () => {
    const browser = openBrowser()
    await signNewIn(browser, await browser.get('/login'))
    const [with_it, without] = [
      await openRelyingParty(),
      await openRelyingParty({ grant_types: ['authorization_code'] }),
    ]
    expect((await with_it.tokens(browser, 'openid offline_access')).refresh_token).toMatch(/^authly_rt_/)
    expect((await without.tokens(browser, 'openid offline_access')).refresh_token).toBeUndefined()
  })
})

it('the metadata say that responses name their issuer (RFC 9207 §3)', async () => {
  const metadata = await (await SELF.fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
  expect(metadata).toMatchObject({ issuer, authorization_response_iss_parameter_supported: true })
})
