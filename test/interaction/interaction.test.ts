import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ensureBrowserBinding, readBrowserBindings } from '../../src/interaction/browser-binding.ts'
import {
  fitsUrl,
  type Interaction,
  maxInteractionParametersLength,
  type OpenedInteraction,
  openInteraction,
  sealInteraction,
} from '../../src/interaction/interaction.ts'
import { randomToken, uuidv7 } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'

const root = createRootSecret(randomToken())
const settings = { secureCookies: true, interactionTtlSeconds: 1800 }
const now = 1_800_000_000_000
const unreadable: OpenedInteraction = { status: 'unreadable' }

async function start(more: Partial<Interaction> = {}) {
  const binding = await ensureBrowserBinding(settings, null)
  const interaction: Interaction = {
    id: uuidv7(now),
    started_at: now,
    expires_at: now + 60_000,
    parameters: 'client_id=app&scope=openid',
    client_id: 'app',
    browser: binding.hash,
    prompt_done: {},
    ...more,
  }
  return { interaction, cookie: binding.cookie, sealed: await sealInteraction(root, interaction) }
}

describe('a login in progress', () => {
  test('opens unchanged in the browser that started it', async () => {
    const { interaction, cookie, sealed } = await start({ login_hint: 'zoë@example.test' })
    expect(await openInteraction(root, sealed, [randomToken(), cookie], now)).toEqual({
      status: 'open',
      interaction,
    })
  })

  test('does not open in another browser (login CSRF), nor in one without the cookie', async () => {
    const { sealed } = await start({
      parameters: 'client_id=app&redirect_uri=https%3A%2F%2Fapp.test%2Fcb&state=s',
    })
    const foreign = { status: 'foreign', clientId: 'app', redirectUri: 'https://app.test/cb' }
    expect(await openInteraction(root, sealed, [randomToken()], now)).toEqual(foreign)
    expect(await openInteraction(root, sealed, [], now)).toEqual(foreign)
  })

  test('ends at its expiry', async () => {
    const { cookie, sealed } = await start()
    expect((await openInteraction(root, sealed, [cookie], now + 59_999)).status).toBe('open')
    expect((await openInteraction(root, sealed, [cookie], now + 60_000)).status).toBe('expired')
  })

  test('shows nothing of the request and does not open elsewhere', async () => {
    const { cookie, sealed } = await start()
    expect(sealed).toMatch(/^[\w-]+$/)
    expect(await openInteraction(createRootSecret(randomToken()), sealed, [cookie], now)).toEqual(unreadable)
  })

  test('nothing made up opens', async () => {
    const { cookie } = await start()
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await openInteraction(root, text, [cookie], now)).toEqual(unreadable)
      }),
    )
    expect(await openInteraction(root, 'A'.repeat(1_000_000), [cookie], now)).toEqual(unreadable)
  })

  test('the longest request that authorize accepts fits a URL; a longer one throws', async () => {
    const longest = await start({ parameters: 'x'.repeat(maxInteractionParametersLength) })
    expect(longest.sealed.length).toBeLessThan(16_384)
    await expect(start({ parameters: 'x'.repeat(12_000) })).rejects.toThrow(RangeError)
  })

  test('whatever authorize starts can be sealed on every page it passes', async () => {
    const grown = { prompt_done: { login: true, consent: true, select_account: true }, denied: true } as const
    const text = fc.string({ unit: fc.constantFrom('a', '\\', '"', 'é', '%'), maxLength: 8192 })
    const strings = fc.array(fc.string({ maxLength: 256 }), { maxLength: 64 })
    let started = 0
    await fc.assert(
      fc.asyncProperty(
        text,
        strings,
        fc.string({ maxLength: 9000 }),
        async (parameters, scopes, login_hint) => {
          const consent = { session_id: uuidv7(now), scopes, claims: [] }
          const { interaction } = await start()
          const begun = { ...interaction, parameters, consent, login_hint }
          if (!fitsUrl(begun)) return
          started += 1
          expect(await sealInteraction(root, { ...begun, ...grown, session_id: uuidv7(now) })).toBeTruthy()
        },
      ),
    )
    expect(started).toBeGreaterThan(0)
  })

  test('a request that grows when it is written down does not start (it would fail with a 500)', async () => {
    const { interaction } = await start()
    expect(fitsUrl({ ...interaction, parameters: 'x'.repeat(maxInteractionParametersLength) })).toBe(true)
    expect(fitsUrl({ ...interaction, parameters: '\\'.repeat(maxInteractionParametersLength) })).toBe(false)
    const scopes = Array.from({ length: 64 }, (_, index) => `${index}`.padEnd(100, 's'))
    const consent = { session_id: 's', scopes, claims: [] }
    expect(fitsUrl({ ...interaction, parameters: scopes.join('+'), consent })).toBe(false)
  })

  test.each(['login_hint', 'ui_locales', 'display'] as const)('an overlong %s is left out', async (hint) => {
    const { cookie, sealed } = await start({ [hint]: 'x'.repeat(8000), parameters: 'x'.repeat(8192) })
    const opened = await openInteraction(root, sealed, [cookie], now)
    expect(opened).toMatchObject({ status: 'open' })
    expect(opened).not.toHaveProperty(['interaction', hint])
  })
})

describe('the browser binding', () => {
  const cookiesOf = (...answers: readonly { readonly setCookies: readonly string[] }[]): string => {
    const jar = new Map<string, string>()
    for (const line of answers.flatMap(({ setCookies }) => setCookies)) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      jar.set(name, value)
    }
    return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  test('is kept once it is there', async () => {
    const first = await ensureBrowserBinding(settings, null)
    const second = await ensureBrowserBinding(settings, cookiesOf(first))
    expect(second).toEqual({ cookie: first.cookie, hash: first.hash, setCookies: [] })
  })

  test('of every first answer stays in the browser, however many come at one moment and in which order', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ensureBrowserBinding(settings, null)))
    const header = cookiesOf(...answers.toReversed())
    const bindings = readBrowserBindings(settings, header)
    expect(new Set(bindings)).toEqual(new Set(answers.map(({ cookie }) => cookie)))
    expect(header.length).toBeLessThan(8192)
    expect((await ensureBrowserBinding(settings, header)).setCookies).toEqual([])
  })

  test('of a first answer is forgotten by the browser a day after its login; one cookie lasts', async () => {
    const [lasting, own] = (await ensureBrowserBinding(settings, null)).setCookies
    expect(lasting).toMatch(/^__Host-authly_browser=/)
    expect(lasting).not.toContain('Max-Age')
    expect(own).toMatch(/^__Host-authly_browser_[\w-]{8}=.*; Max-Age=88200; Secure$/)
  })

  test.each(['short', 'x'.repeat(44), ''])('a cookie of another shape (%j) is replaced', async (value) => {
    const header = `__Host-authly_browser=${value}; __Host-authly_browser_12345678=${value}`
    expect(readBrowserBindings(settings, header)).toEqual([])
    expect((await ensureBrowserBinding(settings, header)).setCookies).toHaveLength(2)
  })
})
