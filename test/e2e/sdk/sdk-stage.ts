/** A whole Authly behind a network that sees everything, and applications made of the browser package. */
import type { BrowserContext, Page } from 'playwright-core'
import { findFreePort } from '../../../scripts/process/free-port.ts'
import type { AuthlyOptions } from '../../../sdk/js/browser/src/index.ts'
import type { ClientColumns } from '../../conformance/seed.ts'
import { openStage, type Stage } from '../stage.ts'
import { type BrowserApplication, startBrowserApplication } from './browser-application.ts'
import { type FlakyNetwork, startFlakyNetwork } from './flaky-network.ts'

export interface SdkStage extends Omit<Stage, 'application'> {
  readonly application: BrowserApplication
  readonly network: FlakyNetwork
  /** Registers an application, which its pages are from now on. */
  register(options?: Partial<AuthlyOptions>, columns?: ClientColumns): Promise<string>
  openContext(): Promise<BrowserContext>
  /** A tab at a path of the application. */
  openPage(path?: string, context?: BrowserContext): Promise<Page>
}

export async function openSdkStage(): Promise<SdkStage> {
  const network = await startFlakyNetwork(await findFreePort())
  const [{ application: _, ...stage }, application] = await Promise.all([
    openStage({ port: network.port, issuer: network.address }),
    startBrowserApplication(),
  ])
  const openContext = async () => {
    const context = await stage.browser.newContext({ locale: 'en-US' })
    context.setDefaultTimeout(30_000)
    return context
  }
  return {
    ...stage,
    application,
    network,
    async register(options = {}, columns = {}) {
      const clientId = await stage.addApplication('Garden Planner', `${application.origin}/callback`, {
        ...{ first_party: true, application_type: 'web', dpop_bound_access_tokens: true },
        post_logout_redirect_uris: [`${application.origin}/`],
        ...columns,
      })
      application.configure({ issuer: stage.issuer, clientId, ...options })
      return clientId
    },
    openContext,
    async openPage(path = '/', context) {
      const page = await (context ?? (await openContext())).newPage()
      await page.goto(application.origin + path)
      return page
    },
    async close() {
      await application.close()
      await stage.close()
      await network.close()
    },
  }
}
