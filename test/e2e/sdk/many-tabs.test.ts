/** 20 tabs of one application over a network that loses answers after the server has done what it was asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../../scripts/process/free-port.ts'
import { hasChromium } from '../chromium.ts'
import { openStage, type Stage } from '../stage.ts'
import { type BrowserApplication, type PageGlobals, startBrowserApplication } from './browser-application.ts'
import { type Fate, type FlakyNetwork, startFlakyNetwork } from './flaky-network.ts'
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
  let stage: Stage
  let application: BrowserApplication
  let network: FlakyNetwork
  beforeAll(async () => {
    network = await startFlakyNetwork(await findFreePort())
    ;[stage, application] = await Promise.all([
      openStage({ port: network.port, issuer: network.address }),
      startBrowserApplication(),
    ])
  })
  afterAll(async () => {
    await application?.close()
    await stage?.close()
    await network?.close()
  })

  test('nobody is signed out, and one refresh is on its way at a time (RFC 9700 §4.14, decision 4)', async () => {
    const person = await stage.seed.addUser()
    const clientId = await stage.addApplication('Garden Planner', `${application.origin}/callback`, {
      ...{ first_party: true, application_type: 'web', dpop_bound_access_tokens: true },
      access_token_ttl_seconds: lifetime,
    })
    application.configure({ issuer: stage.issuer, clientId })
    const context = await stage.browser.newContext({ locale: 'en-US' })
    context.setDefaultTimeout(60_000)
    const first = await context.newPage()
    await first.goto(application.origin)
    await signIn(first, person)
    const others = await Promise.all(Array.from({ length: 19 }, () => context.newPage()))
    const tabs = [first, ...others]
    await Promise.all(others.map((tab) => tab.goto(application.origin)))
    await Promise.all(tabs.map((tab) => untilState(tab, 'signed_in')))

    // Each tab asks for tokens all the time, as an application with many requests does.
    network.decide((index) => fates[index % fates.length] as Fate)
    const answered = () => network.tokenRequests.filter(({ status }) => status === 200).length
    const before = answered()
    let rounds = 0
    const failures: unknown[] = []
    while (answered() < before + fates.length && rounds < 200) {
      rounds += 1
      const results = await Promise.all(
        tabs.map((tab) =>
          tab.evaluate(async (issuer) => {
            await new Promise((passed) => setTimeout(passed, 250))
            try {
              return (await authly.fetch(`${issuer}/oidc/userinfo`)).status
            } catch (error) {
              return String(error)
            }
          }, stage.issuer),
        ),
      )
      failures.push(...results.filter((result) => result !== 200))
    }
    expect(failures).toEqual([])
    expect(answered()).toBeGreaterThanOrEqual(before + fates.length)
    for (const tab of tabs) expect(await stateOf(tab)).toMatchObject({ status: 'signed_in' })
    expect(network.mostAtOnce).toBe(1)
    // A replaced token that is presented after the window would have ended the session. Proofs are refused that Chromium
    // has sent again by itself, after the connection broke.
    const errors = network.tokenRequests.map(({ error }) => error)
    expect(new Set(errors).difference(new Set([undefined, 'use_dpop_nonce', 'invalid_dpop_proof']))).toEqual(
      new Set(),
    )
    await context.close()
  }, 300_000)
})
