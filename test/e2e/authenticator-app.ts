/** An authenticator app on a phone: an independent implementation (otpauth) computes its codes. */
import { TOTP, URI } from 'otpauth'
import type { Page } from 'playwright-core'

const periodMs = 30_000

export interface AuthenticatorApp {
  /** A code that has not been used yet. It waits only where the tolerance of the server is used up. */
  nextCode(): Promise<string>
  /** What the app shows when the clock of its phone is wrong. */
  codeAt(offsetMs: number): string
}

/** The app after it has opened the address that the page and its QR code give to it. */
export async function scan(page: Page): Promise<AuthenticatorApp> {
  const app = URI.parse((await page.locator('a[href^="otpauth:"]').getAttribute('href')) ?? '')
  if (!(app instanceof TOTP)) throw new Error('the page sets up another kind of codes')
  let last = 0
  return {
    async nextCode() {
      // One step before now is the earliest that is accepted, one after it the latest.
      last = Math.max(last + 1, Math.floor(Date.now() / periodMs) - 1)
      const early = (last - 1) * periodMs - Date.now()
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
      return app.generate({ timestamp: last * periodMs })
    },
    codeAt: (offsetMs) => app.generate({ timestamp: Date.now() + offsetMs }),
  }
}
