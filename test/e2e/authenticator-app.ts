/** An authenticator app on a phone: an independent implementation (otpauth) computes its codes. */
import jsQR from 'jsqr'
import { TOTP, URI } from 'otpauth'
import type { Page } from 'playwright-core'

const periodMs = 30_000
/** A code that ends while it is being typed would be refused. */
const typingMs = 10_000

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
      last = Math.max(last + 1, Math.floor((Date.now() + typingMs) / periodMs) - 1)
      const early = (last - 1) * periodMs - Date.now()
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
      return app.generate({ timestamp: last * periodMs })
    },
    codeAt: (offsetMs) => app.generate({ timestamp: Date.now() + offsetMs }),
  }
}

/** What a camera sees in the QR code of the page. */
export async function readQrCode(page: Page): Promise<string | undefined> {
  const picture = await page.locator('.qr-code').screenshot()
  // A page without a policy, for its decoder of pictures.
  const decoder = (await page.context().browser()?.newPage()) as Page
  const { data, width, height } = await decoder.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes]))
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context?.drawImage(image, 0, 0)
    const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? []
    return { data: [...pixels], width: image.width, height: image.height }
  }, picture.toString('base64'))
  await decoder.close()
  return jsQR(Uint8ClampedArray.from(data), width, height, { inversionAttempts: 'dontInvert' })?.data
}
