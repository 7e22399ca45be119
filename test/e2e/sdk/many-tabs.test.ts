/** 20 tabs of one application over a network that loses answers after the server has done what it was asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium } from '../chromium.ts'
import type { PageGlobals } from './browser-application.ts'
import type { Fate } from './flaky-network.ts'
import { openSdkStage, type SdkStage } from './sdk-stage.ts'
import { signIn, stateOf, untilState } from './walk.ts'

declare const authly: PageGlobals['authly']

/** Seconds that access tokens live: each page replaces them when a fifth is left. */
const lifetime = 5

/** Every way to fail, alone and after another one. */
const fates: readonly Fate[] = [
  ...(['arrives', 'answer lost', 'arrives', 'unavailable', 'arrives', 'late', 'answer cut'] as const),
  ...(['lost', 'gateway timeout', 'answer lost', 'arrives', 'answer lost', 'unavailable', 'late'] as const),
]

describe.runIf(hasChromium)('20 tabs and a flaky network', () => {
  let stage: SdkStage
  beforeAll(async () => {
    stage = await openSdkStage()
  })
  afterAll(() => stage?.close())

  test('nobody is signed out, and one refresh is on its way at a time (RFC 9700 §4.14, decision 4)', async () => {
    const { network, issuer } = stage
    const person = await stage.seed.addUser()
    await stage.register({}, { access_token_ttl_seconds: lifetime })
    const context = await stage.openContext()
    context.setDefaultTimeout(60_000)
    const first = await stage.openPage('/', context)
    await signIn(first, person)
    const others = await Promise.all(Array.from({ length: 19 }, () => stage.openPage('/', context)))
    const tabs = [first, ...others]
    await Promise.all(tabs.map((tab) => untilState(tab, 'signed_in')))

    // Each tab asks for tokens all the time, as an application with many requests does.
    network.decide((index) => fates[index % fates.length] as Fate)
    const answered = () => network.tokenRequests.filter(({ status }) => status === 200).length
    const enough = answered() + fates.length
    const failures: unknown[] = []
    for (let round = 0; round < 200 && answered() < enough; round++) {
      const results = await Promise.all(
        tabs.map((tab) =>
          tab.evaluate(async (address) => {
            await new Promise((passed) => setTimeout(passed, 250))
            try {
              return (await authly.fetch(`${address}/oidc/userinfo`)).status
            } catch (error) {
              return String(error)
            }
          }, issuer),
        ),
      )
      failures.push(...results.filter((result) => result !== 200))
    }
    expect(failures).toEqual([])
    expect(answered()).toBeGreaterThanOrEqual(enough)
    for (const tab of tabs) expect(await stateOf(tab)).toMatchObject({ status: 'signed_in' })
    expect(network.mostAtOnce).toBe(1)
    // A replaced token that is presented after the window would have ended the session. Proofs are refused that Chromium
    // has sent again by itself, after the connection broke.
    const harmless: unknown[] = [undefined, 'use_dpop_nonce', 'invalid_dpop_proof']
    const errors = network.tokenRequests.map(({ error }) => error)
    expect(errors.filter((error) => !harmless.includes(error))).toEqual([])
    await context.close()
  }, 300_000)
})
