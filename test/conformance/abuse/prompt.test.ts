/** What a client may demand about the sign-in (OIDC Core §3.1.2.1, §3.1.2.3), and what it learns without asking. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer, rp } from '../authly.ts'
import { expectHostedPage, expectRedirectedError } from '../expectations.ts'
import type { Tokens } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'
import type { FormFields } from '../wire.ts'

let client: SeededClient
let third: SeededClient
let user: SeededUser
let other: SeededUser
let agent: UserAgent
let tokens: Tokens
beforeAll(async () => {
  client = await addClient()
  third = await addClient({ first_party: false })
  ;[user, other] = [await addUser(), await addUser()]
  agent = await rp.signedInAgent(client, user)
  tokens = await rp.getTokens(agent, client)
})

const atLogin = async (changes: FormFields, who = agent) =>
  expectHostedPage(await rp.authorize(client, changes, who), '/login')
const refusedWith = async (
  error: string,
  changes: FormFields,
  at = client,
  who: UserAgent | undefined = agent,
) => expectRedirectedError(await rp.authorize(at, changes, who), at.redirect_uri, error)

/** Signs in again as told by the request and returns the new tokens and the pages seen. */
async function again(changes: FormFields, at: SeededClient = client, who: UserAgent = agent) {
  const seen: string[] = []
  const callback = await signIn(who, rp.authorizeUrl(at, changes), at.redirect_uri, {
    user,
    onPage: ({ url }) => seen.push(url.pathname),
  })
  const answer = await rp.redeem(at, callback.searchParams.get('code') ?? '')
  return { seen, claims: decodeJwt((answer.json as Tokens).id_token) }
}

describe('prompt=none', () => {
  it('answers at once with a session, and login_required without', async () => {
    expect(await rp.getCode(agent, client, { prompt: 'none' })).toBeTruthy()
    await refusedWith('login_required', { prompt: 'none' }, client, createUserAgent())
  })

  it('answers login_required with a session cookie that is forged, foreign or ended', async () => {
    const stolen = agent.cookies.get('authly_session')?.value as string
    const [address, secret] = stolen.split('.') as [string, string]
    for (const value of [
      ...[`${address}.${'x'.repeat(secret.length)}`, `${address}.`, address, `${address}.${secret}x`],
      ...[stolen.replace('authly_ss_', 'authly_rt_'), 'x', 'a'.repeat(5000), tokens.refresh_token],
    ]) {
      const thief = createUserAgent()
      thief.cookies.store(new URL(issuer), [`authly_session=${value}; Path=/`])
      await refusedWith('login_required', { prompt: 'none' }, client, thief)
    }
    const tossed = await agent.request(rp.authorizeUrl(client, { prompt: 'none' }), {
      headers: { cookie: `authly_session=${stolen}; authly_session=authly_ss_x.y` },
    })
    expectRedirectedError(tossed, client.redirect_uri, 'login_required')
  })

  it('answers consent_required for a third party nobody has agreed to', async () => {
    await refusedWith('consent_required', { prompt: 'none' }, third)
  })

  it('answers login_required when the sign-in is older than max_age', async () => {
    await refusedWith('login_required', { prompt: 'none', max_age: '0' })
  })

  it('answers login_required for another person’s id_token_hint', async () => {
    const second = await rp.signedInAgent(client, other)
    const id_token_hint = (await rp.getTokens(second, client)).id_token
    await refusedWith('login_required', { prompt: 'none', id_token_hint })
    expect(await rp.getCode(second, client, { prompt: 'none', id_token_hint })).toBeTruthy()
  })

  it('answers login_required for another subject asked for by claims (OIDC Core §5.5.1)', async () => {
    const claims = JSON.stringify({ id_token: { sub: { value: other.id } } })
    await refusedWith('login_required', { prompt: 'none', claims })
    const own = JSON.stringify({ id_token: { sub: { value: user.id } } })
    expect(await rp.getCode(agent, client, { prompt: 'none', claims: own })).toBeTruthy()
  })

  it('answers unmet_authentication_requirements for an essential acr nobody can reach (OIDC Core §5.5.1.1)', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:example:gold'] } } })
    await refusedWith('unmet_authentication_requirements', { prompt: 'none', claims })
    await refusedWith('unmet_authentication_requirements', { claims })
  })

  it('refuses an id_token_hint issued to another client', async () => {
    const { id_token } = await rp.getTokens(agent, await addClient())
    await refusedWith('invalid_request', { prompt: 'none', id_token_hint: id_token })
  })

  it('refuses an access token as id_token_hint (RFC 8725 §3.11)', async () => {
    await refusedWith('invalid_request', { prompt: 'none', id_token_hint: tokens.access_token })
  })
})

describe('a demand for a new sign-in', () => {
  it.each<[string, FormFields]>([
    ['prompt=login', { prompt: 'login' }],
    ['max_age=0', { max_age: '0' }],
  ])('by %s shows the sign-in page once, and auth_time is new', async (_, changes) => {
    await atLogin(changes)
    const { seen, claims } = await again(changes)
    expect(seen).toEqual(['/login'])
    expect(claims['auth_time']).toBeGreaterThanOrEqual(decodeJwt(tokens.id_token)['auth_time'] as number)
    expect(claims['sid']).not.toBe(decodeJwt(tokens.id_token)['sid'])
    expect(claims['nonce']).toBe('nonce-1')
  })

  it('is not answered by going straight to resume: what was asked for is sealed in (OIDC Core §3.1.2.3)', async () => {
    const page = await rp.authorize(client, { prompt: 'login' }, agent)
    const interaction = page.location?.searchParams.get('interaction') as string
    const resume = await agent.request(`${issuer}/oauth/authorize/resume?interaction=${interaction}`)
    expectHostedPage(resume, '/login')
  })

  it('by another person’s id_token_hint leads to the sign-in page, not to the wrong account', async () => {
    const second = await rp.signedInAgent(client, other)
    const { id_token } = await rp.getTokens(second, client)
    await atLogin({ id_token_hint: id_token })
  })
})

describe('a demand for a choice', () => {
  it('by select_account shows the account page, and its answer goes on', async () => {
    const { seen, claims } = await again({ prompt: 'select_account' })
    expect(seen).toEqual(['/select-account'])
    expect(claims.sub).toBe(user.id)
  })

  it('by consent asks even where consent is remembered or not needed', async () => {
    expect((await again({ prompt: 'consent' })).seen).toEqual(['/consent'])
    expect((await again({}, third)).seen).toEqual(['/consent'])
    expect((await again({}, third)).seen).toEqual([])
    expect((await again({ prompt: 'consent' }, third)).seen).toEqual(['/consent'])
  })

  it('by login consent select_account asks for all of it, the account by signing in', async () => {
    const { seen } = await again({ prompt: 'login consent select_account' })
    expect(seen).toEqual(['/login', '/consent'])
  })
})

describe('a login in progress (OAuth session fixation, login CSRF)', () => {
  it('opens only in the browser that began it', async () => {
    const victim = createUserAgent()
    const begun = await rp.authorize(client)
    const link = begun.location as URL
    expect((await victim.request(link)).status).toBe(400)
    const interaction = link.searchParams.get('interaction') as string
    const resume = await agent.request(`${issuer}/oauth/authorize/resume?interaction=${interaction}`)
    expect([resume.status, resume.location]).toEqual([400, undefined])
  })

  it.each([
    [
      'changed',
      (sealed: string) => `${sealed.slice(0, 60)}${sealed[60] === 'A' ? 'B' : 'A'}${sealed.slice(61)}`,
    ],
    ['cut', (sealed: string) => sealed.slice(0, -4)],
    ['empty', () => ''],
    ['missing altogether', () => undefined],
    ['20,000 characters long', () => 'a'.repeat(20_000)],
  ])('is refused at resume when %s', async (_, change) => {
    const who = createUserAgent()
    const sealed = (await rp.authorize(client, {}, who)).location?.searchParams.get('interaction') as string
    const interaction = change(sealed)
    const query = interaction === undefined ? '' : `?interaction=${interaction}`
    const resume = await who.request(`${issuer}/oauth/authorize/resume${query}`)
    expect(resume.location).toBeUndefined()
    expect([400, 414, 431]).toContain(resume.status)
  })
})
