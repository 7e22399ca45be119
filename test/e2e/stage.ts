/** What a browser test needs: an Authly, a person or two, an application, and a Chromium. */
import type { Browser } from 'playwright-core'
import { type RunningStack, type StackOptions, startStack } from '../../scripts/stack/start-stack.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { type Application, startApplication } from './application.ts'
import { launchChromium } from './chromium.ts'

export interface Stage {
  readonly issuer: string
  readonly seed: Seed
  readonly application: Application
  readonly browser: Browser
  /** The authorization request of an application that needs consent. */
  authorizeUrl(clientId: string, more?: Record<string, string>): string
  /** Registers such an application under a name. */
  addApplication(name: string, redirectUri?: string): Promise<string>
  close(): Promise<void>
}

/**
 * Everything on loopback and free ports; `close` ends it all.
 * @param settings by name, for all of the stage's life
 */
export async function openStage(settings: StackOptions['settings'] = {}): Promise<Stage> {
  const stack: RunningStack = await startStack({ settings })
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
    async addApplication(name, redirectUri = application.redirectUri) {
      const { client_id } = await seed.addClient({
        client_name: name,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [redirectUri],
        first_party: false,
      })
      return client_id
    },
    async close() {
      await browser.close()
      await application.close()
      await seed.close()
      await stack.stop()
    },
  }
}
