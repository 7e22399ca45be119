/** A stage whose messages go out through a provider on loopback, for tests that read the mail of a person. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { StackOptions } from '../../scripts/stack/start-stack.ts'
import type { SeenMessages } from '../fakes/message-providers.ts'
import { resendKey, startMessageProvidersServer, twilioAccount } from '../setup/message-providers-server.ts'
import { openStage, type Stage } from './stage.ts'

export interface MailStage extends Stage {
  /** A page in a browser of its own, in English unless the options say otherwise. */
  openPage(options?: BrowserContextOptions): Promise<Page>
  /** The plain texts sent to this address or telephone number so far, oldest first. */
  textsTo(address: string): Promise<string[]>
}

/** @param settings by name, for all of the stage's life */
export async function openMailStage(settings: StackOptions['settings']): Promise<MailStage> {
  const mail = await startMessageProvidersServer()
  const stage = await openStage({
    settings,
    vars: {
      AUTHLY_EMAIL_PROVIDER: 'resend',
      AUTHLY_EMAIL_FROM: 'login@auth.test',
      AUTHLY_RESEND_API_KEY: resendKey,
      ...{ AUTHLY_SMS_PROVIDER: 'twilio', AUTHLY_SMS_FROM: '+15005550006' },
      ...{ AUTHLY_TWILIO_ACCOUNT_SID: twilioAccount.sid, AUTHLY_TWILIO_AUTH_TOKEN: twilioAccount.token },
      AUTHLY_MESSAGE_PROVIDER_URL: `${mail.url}/walks/`,
      AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
    },
  })
  return {
    ...stage,
    async openPage(options = {}) {
      const context = await stage.browser.newContext({ locale: 'en-US', ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      return page
    },
    async textsTo(address) {
      const { taken } = (await (await fetch(`${mail.url}/seen/walks`)).json()) as SeenMessages
      const own = taken.filter(({ body }) => [body['to'], body['To']].flat().includes(address))
      return own.map(({ body }) => String(body['text'] ?? body['Body']))
    },
    async close() {
      await stage.close()
      await mail.stop()
    },
  }
}
