/** `session.fetch`: where the access token goes, and where it does not. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApplication, createBrowser } from './application.ts'
import { createIssuer, type Issuer, issuerUrl } from './issuer.ts'

const resource = ['https://api.example/orders', 'https://api.example/users', 'https://other.example']
let issuer: Issuer
/** What APIs were asked. */
let asked: Request[]
let answers: Response[]
beforeEach(async () => {
  issuer = await createIssuer()
  asked = []
  answers = []
})

async function signedIn(more: Parameters<typeof createApplication>[1] = { resource }) {
  const fetch = async (request: Request) => {
    if (request.url.startsWith(issuerUrl)) return issuer.fetch(request)
    asked.push(request)
    return answers.shift() ?? new Response('fine')
  }
  const browser = createBrowser(createApplication(issuer, { fetch, ...more }))
  await browser.signIn(issuer)
  const call = (url: string, init?: RequestInit) =>
    browser.open('/', (auth) => auth.fetch(url, init as never))
  return { browser, call }
}
const sent = () => asked.map(({ headers }) => headers.get('authorization'))

describe('session.fetch', () => {
  it('sends the token of the API that the address belongs to', async () => {
    const { call } = await signedIn()
    for (const url of [
      'https://api.example/users/1',
      'https://api.example/orders',
      'https://other.example/x',
    ])
      await call(url)
    expect(sent()).toEqual([
      expect.stringMatching(/^Bearer access-\d+-https:\/\/api.example\/users-/),
      expect.stringMatching(/^Bearer access-\d+-https:\/\/api.example\/orders-/),
      expect.stringMatching(/^Bearer access-\d+-https:\/\/other.example-/),
    ])
  })

  it.each([
    'https://evil.example/',
    'http://api.example/orders',
    'https://api.example.evil.example/orders',
    'https://api.example@evil.example/orders',
    'https://api.example:444/orders',
  ])('sends nothing to %s (a token for a stranger)', async (url) => {
    const { call } = await signedIn()
    await expect(call(url)).rejects.toThrow(/foreign_address|credentials/)
    expect(asked).toEqual([])
  })

  it('sends nothing to a named resource at the address of another one', async () => {
    const { call } = await signedIn()
    const init = { resource: 'https://other.example' } as never
    await expect(call('https://api.example/orders', init)).rejects.toThrow('foreign_address')
  })

  it('does not follow a redirect, which could lead the token away', async () => {
    const { call } = await signedIn()
    await call('https://api.example/orders')
    expect(asked[0]?.redirect).toBe('manual')
  })

  it('renews the token once after a 401 and tries again, with the same body', async () => {
    const { call } = await signedIn()
    answers = [new Response('no', { status: 401 })]
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] })
    const answer = await call('https://api.example/orders', { method: 'POST', body: '{"a":1}' })
    vi.useRealTimers()
    expect(await answer.text()).toBe('fine')
    expect(new Set(sent()).size).toBe(2)
    expect(await asked[1]?.text()).toBe('{"a":1}')
  })

  it('takes a Request as it is, but for the redirects', async () => {
    const { browser } = await signedIn()
    const request = new Request('https://api.example/orders', {
      ...{ method: 'PUT', body: 'whole', headers: { 'x-mine': 'yes' } },
    })
    await browser.open('/', (auth) => auth.fetch(request))
    expect([asked[0]?.method, asked[0]?.headers.get('x-mine'), asked[0]?.redirect]).toEqual([
      'PUT',
      'yes',
      'manual',
    ])
    expect(await asked[0]?.text()).toBe('whole')
  })

  it('gives back the second 401: nobody is asked for ever', async () => {
    const { call } = await signedIn()
    answers = [new Response('no', { status: 401 }), new Response('never', { status: 401 })]
    expect(await (await call('https://api.example/orders')).text()).toBe('never')
    expect(asked).toHaveLength(2)
  })

  it('of who is signed out asks nobody', async () => {
    const browser = createBrowser(createApplication(issuer, { resource }))
    const answer = browser.open('/', (auth) => auth.fetch('https://api.example/orders'))
    await expect(answer).rejects.toThrow('signed_out')
  })
})
