/** What a browser test needs: an Authly, a person or two, an application, and a Chromium. */
import type { Browser, Page } from 'playwright-core'
import { inject } from 'vitest'
import { type RunningStack, type StackOptions, startStack } from '../../scripts/stack/start-stack.ts'
import { type ClientColumns, createSeed, type Seed } from '../conformance/seed.ts'
import { type Application, startApplication } from './application.ts'
import { launchChromium } from './chromium.ts'

export interface Stage {
  readonly issuer: string
  readonly seed: Seed
  readonly application: Application
  readonly browser: Browser
  /** The authorization request of an application that needs consent. */
  authorizeUrl(clientId: string, more?: Record<string, string>): string
  /** Registers such an application under a name; without `first_party` it needs consent. */
  addApplication(name: string, redirectUri?: string, columns?: ClientColumns): Promise<string>
  /** Waits until the browser is at the application, which redeems the code it came with. */
  redeem(page: Page, clientId: string): Promise<{ readonly id_token: string }>
  close(): Promise<void>
}

/**
 * Everything on loopback and free ports; `close` ends it all.
 * @param options settings by name, for all of the stage's life, additional text bindings of the worker, and its address
 * where something is in front of it
 */
export async function openStage(
  options: Pick<StackOptions, 'settings' | 'vars' | 'port' | 'issuer'> = {},
): Promise<Stage> {
  const stack: RunningStack = await startStack({ bundle: inject('bundle'), ...options })
  const seed = createSeed(stack.database_owner_url)
  const [application, browser] = await Promise.all([startApplication(), launchChromium()])
  return {
    issuer: stack.issuer,
    seed,
    application,
    browser,
    authorizeUrl(clientId, more = {}) {
      const parameters = new URLSearchParams({
        client_id: clientId,
        redirect_uri: application.redirectUri,
        response_type: 'code',
        scope: 'openid profile email offline_access',
        state: 'from-the-application',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        ...more,
      })
      return `${stack.issuer}/oauth/authorize?${parameters}`
    },
    async addApplication(name, redirectUri = application.redirectUri, columns = {}) {
      const { client_id } = await seed.addClient({
        client_name: name,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [redirectUri],
        first_party: false,
        ...columns,
      })
      return client_id
    },
    async redeem(page, client_id) {
      await page.waitForURL((url) => url.origin === application.home)
      const answer = await fetch(`${stack.issuer}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', client_id, redirect_uri: application.redirectUri },
          code: new URL(page.url()).searchParams.get('code') ?? '',
          // That of the challenge above (RFC 7636, appendix B).
          code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        }),
      })
      if (answer.status !== 200) throw new Error(`no tokens: ${await answer.text()}`)
      return (await answer.json()) as { id_token: string }
    },
    async close() {
      await browser.close()
      await application.close()
      await seed.close()
      await stack.stop()
    },
  }
}
