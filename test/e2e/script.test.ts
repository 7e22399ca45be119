/**
 * The script of the hosted pages alone, in Chromium with a virtual authenticator and in browsers that are odd: what it
 * asks of the browser, what it sends, what it says. The pages it is on have their own tests.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleScript } from '../../scripts/stack/browser-script.mjs'
import { addAuthenticator } from './authenticator.ts'
import { hasChromium, launchChromium } from './chromium.ts'

const challenge = Buffer.from('a challenge, 32 bytes or longer').toString('base64url')

const creation = {
  challenge,
  rp: { id: 'localhost', name: 'Authly' },
  user: { id: Buffer.from('user').toString('base64url'), name: 'somebody', displayName: 'Some Body' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  excludeCredentials: [] as object[],
}
const request = { challenge, rpId: 'localhost', userVerification: 'required', allowCredentials: [] }

const texts = ['cancelled', 'timed-out', 'already-there', 'wrong-domain', 'not-supported', 'failed']
const attributes = texts.map((name) => `data-${name}="${name}, in words"`).join(' ')

const escaped = (value: unknown) => JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;')

const form = (kind: 'get' | 'create', options: object, mediation = '') => `
  <form method="post" action="/sent" data-passkey="${kind}" data-options="${escaped(options)}" ${mediation}>
    <input type="hidden" name="credential">
    <p data-without-passkeys>Use another browser</p>
    <p role="alert" hidden data-passkey-problem ${attributes}></p>
    <button type="submit" hidden data-passkey-button>${kind}</button>
  </form>`
const conditional = 'data-mediation="conditional"'

describe.runIf(hasChromium)('the script of the hosted pages', () => {
  let browser: Browser
  let server: Server
  let origin: string
  let markup = ''
  beforeAll(async () => {
    const script = await bundleScript(
      fileURLToPath(new URL('../../src/pages/script/main.ts', import.meta.url)),
    )
    server = createServer((incoming, answer) => {
      if (incoming.url === '/script.js') {
        answer.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
        return
      }
      answer.setHeader('content-type', 'text/html; charset=UTF-8')
      answer.setHeader(
        'content-security-policy',
        "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
      )
      answer.end(
        `<!doctype html><script type="module" src="/script.js"></script>${incoming.url === '/page' ? markup : 'sent'}`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://localhost:${(server.address() as AddressInfo).port}`
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve))
  })

  /** A page with this markup. @param before runs in it before the script does */
  async function open(html: string, before?: () => void): Promise<Page> {
    markup = html
    const page = await (await browser.newContext()).newPage()
    page.setDefaultTimeout(10_000)
    if (before) await page.addInitScript(before)
    return page
  }

  const shows = async (page: Page): Promise<void> => {
    await page.goto(`${origin}/page`)
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name }).click()
  const alertOf = async (page: Page) => {
    await page.getByRole('alert').waitFor()
    return page.getByRole('alert').textContent()
  }
  /** The credential that the page sent. */
  async function sent(page: Page, act: () => Promise<unknown>): Promise<Record<string, unknown>> {
    const [post] = await Promise.all([page.waitForRequest(`${origin}/sent`), act()])
    // A page that is opened next would interrupt it.
    await page.waitForURL(`${origin}/sent`)
    return JSON.parse(new URLSearchParams(post.postData() ?? '').get('credential') ?? 'null')
  }

  test.each(['platform', 'roaming'] as const)(
    'creates a passkey and signs in with it, %s: JSON of Web Authentication Level 3 §5.1.7, §5.1.8',
    async (kind) => {
      const page = await open(form('create', creation) + form('get', request))
      const authenticator = await addAuthenticator(page, kind)
      await shows(page)
      expect(await page.getByText('Use another browser').first().isVisible()).toBe(false)
      const made = await sent(page, () => press(page, 'create'))
      expect(made).toMatchObject({
        ...{ type: 'public-key', clientExtensionResults: {} },
        authenticatorAttachment: kind === 'platform' ? 'platform' : 'cross-platform',
        response: { transports: [kind === 'platform' ? 'internal' : 'usb'] },
      })
      const [stored] = await authenticator.credentials()
      expect([made['id'], made['rawId']]).toEqual([stored?.credentialId, stored?.credentialId])
      await shows(page)
      const used = await sent(page, () => press(page, 'get'))
      expect(used['id']).toBe(stored?.credentialId)
      expect(used['response']).toMatchObject({
        userHandle: creation.user.id,
        signature: expect.stringMatching(/^[\w-]+$/),
        authenticatorData: expect.stringMatching(/^[\w-]+$/),
      })
      const { clientDataJSON } = used['response'] as { clientDataJSON: string }
      expect(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString())).toMatchObject({
        ...{ type: 'webauthn.get', challenge, origin },
      })
      await page.context().close()
    },
  )

  test('offers passkeys in the autofill, and gives that up before it asks for the button', async () => {
    const page = await open(
      `<input autocomplete="username webauthn">${form('get', request, conditional)}`,
      () => {
        const asked: string[] = []
        Object.assign(globalThis, { asked })
        navigator.credentials.get = (options) => {
          asked.push(options?.mediation ?? 'modal')
          return new Promise((_, reject) => {
            options?.signal?.addEventListener('abort', () => {
              asked.push('aborted')
              reject(new DOMException('', 'AbortError'))
            })
          })
        }
      },
    )
    await shows(page)
    const asked = () => page.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked)
    await expect.poll(asked).toEqual(['conditional'])
    await press(page, 'get')
    await expect.poll(asked).toEqual(['conditional', 'aborted', 'modal'])
    await page.context().close()
  })

  test('signs in from the autofill alone', async () => {
    const page = await open(form('create', creation))
    const authenticator = await addAuthenticator(page, 'platform')
    await shows(page)
    await sent(page, () => press(page, 'create'))
    markup = `<input autocomplete="username webauthn">${form('get', request, conditional)}`
    const used = await sent(page, () => shows(page))
    expect(used['id']).toBe((await authenticator.credentials())[0]?.credentialId)
    await page.context().close()
  })

  test('says when the person did not agree, and can try again', async () => {
    const page = await open(form('create', creation))
    const authenticator = await addAuthenticator(page, 'platform')
    await authenticator.verify(false)
    await shows(page)
    await press(page, 'create')
    expect(await alertOf(page)).toBe('cancelled, in words')
    await authenticator.verify(true)
    await sent(page, () => press(page, 'create'))
    await page.context().close()
  })

  test('says when the time was over', async () => {
    const page = await open(form('create', { ...creation, timeout: 10 }))
    await (await addAuthenticator(page, 'platform')).touch(false)
    await page.clock.install()
    await shows(page)
    await press(page, 'create')
    await page.clock.fastForward(60_000)
    expect(await alertOf(page)).toBe('timed-out, in words')
    await page.context().close()
  })

  test('says when there is a passkey already, and when the address is another', async () => {
    const page = await open(form('create', creation))
    const authenticator = await addAuthenticator(page, 'platform')
    await shows(page)
    await sent(page, () => press(page, 'create'))
    const [stored] = await authenticator.credentials()
    const excludeCredentials = [{ type: 'public-key', id: stored?.credentialId, transports: ['internal'] }]
    markup = form('create', { ...creation, excludeCredentials })
    await shows(page)
    await press(page, 'create')
    expect(await alertOf(page)).toBe('already-there, in words')
    markup = form('get', { ...request, rpId: 'elsewhere.example' })
    await shows(page)
    await press(page, 'get')
    expect(await alertOf(page)).toBe('wrong-domain, in words')
    await page.context().close()
  })

  test('a second press while the first is answered asks nothing more', async () => {
    const page = await open(form('get', request), () => {
      let calls = 0
      navigator.credentials.get = () => {
        document.title = String(++calls)
        return new Promise(() => {})
      }
    })
    await shows(page)
    await press(page, 'get')
    await press(page, 'get')
    expect(await page.title()).toBe('1')
    await page.context().close()
  })

  test('works where a password manager stands in for the browser and never answers an abort', async () => {
    const page = await open(form('get', request, conditional), () => {
      const never = new Promise<never>(() => {})
      navigator.credentials.get = (options) =>
        options?.mediation === 'conditional' ? never : Promise.reject(new DOMException('', 'NotAllowedError'))
    })
    await addAuthenticator(page, 'platform')
    await shows(page)
    await press(page, 'get')
    expect(await alertOf(page)).toBe('cancelled, in words')
    await page.context().close()
  })

  test('needs neither toJSON() nor parse…FromJSON(), which older browsers and extensions lack', async () => {
    const page = await open(form('create', creation) + form('get', request), () => {
      for (const name of [
        'parseCreationOptionsFromJSON',
        'parseRequestOptionsFromJSON',
        'getClientCapabilities',
      ])
        Reflect.deleteProperty(PublicKeyCredential, name)
      Reflect.deleteProperty(PublicKeyCredential.prototype, 'toJSON')
    })
    await addAuthenticator(page, 'platform')
    await shows(page)
    await sent(page, () => press(page, 'create'))
    await shows(page)
    await sent(page, () => press(page, 'get'))
    await page.context().close()
  })

  test('adds a passkey unasked only where the browser can, and is silent when it does not', async () => {
    const page = await open(form('create', creation, conditional), () => {
      const asked: unknown[] = []
      Object.assign(globalThis, { asked })
      PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true })
      navigator.credentials.create = (options) => {
        asked.push((options as { mediation?: string }).mediation)
        return Promise.reject(new DOMException('', 'NotAllowedError'))
      }
    })
    await shows(page)
    const asked = () => page.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked)
    await expect.poll(asked).toEqual(['conditional'])
    expect(await page.getByRole('alert').count()).toBe(0)
    await press(page, 'create')
    await expect.poll(asked).toEqual(['conditional', undefined, 'conditional'])
    await page.context().close()
  })

  test('leaves everything hidden in a browser without passkeys', async () => {
    const page = await open(form('get', request), () => {
      Reflect.deleteProperty(globalThis, 'PublicKeyCredential')
    })
    await shows(page)
    expect(await page.getByRole('button').count()).toBe(0)
    expect(await page.getByText('Use another browser').isVisible()).toBe(true)
    await page.context().close()
  })

  test('passes on the signals it knows, and no other; a refusal disturbs nothing', async () => {
    const signals = [
      { method: 'signalUnknownCredential', options: { rpId: 'localhost', credentialId: 'AAAA' } },
      { method: 'getClientCapabilities', options: {} },
      { method: 'signalCurrentUserDetails', options: { rpId: 'elsewhere.example' } },
    ]
    const page = await open(`<template data-passkey-signals="${escaped(signals)}"></template>`, () => {
      const passed: unknown[] = []
      Object.assign(globalThis, { passed })
      for (const method of ['signalUnknownCredential', 'getClientCapabilities', 'signalCurrentUserDetails']) {
        Object.assign(PublicKeyCredential, {
          [method]: async (options: object) => {
            passed.push([method, options])
            throw new TypeError()
          },
        })
      }
    })
    const errors: Error[] = []
    page.on('pageerror', (error) => errors.push(error))
    await shows(page)
    const passed = () => page.evaluate(() => (globalThis as unknown as { passed: unknown[] }).passed)
    await expect.poll(passed).toEqual([signals[0], signals[2]].map((one) => [one?.method, one?.options]))
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('shows a password while it is typed, and hides it before it is sent', async () => {
    const page = await open(`<form action="/sent" method="post">
      <input id="password" name="password" type="password" aria-label="Password">
      <button type="button" hidden data-show-password="password" aria-pressed="false">Show password</button>
      <button type="submit">Go</button></form>`)
    await shows(page)
    const field = page.getByLabel('Password', { exact: true })
    const button = page.getByRole('button', { name: 'Show password' })
    await field.fill('orbit kettle')
    await button.click()
    expect(await field.getAttribute('type')).toBe('text')
    expect(await button.getAttribute('aria-pressed')).toBe('true')
    await page.evaluate(() =>
      document.querySelector('form')?.addEventListener('submit', (event) => {
        event.preventDefault()
        document.title = document.querySelector('input')?.type ?? ''
      }),
    )
    await press(page, 'Go')
    expect(await page.title()).toBe('password')
    await page.context().close()
  })
})
