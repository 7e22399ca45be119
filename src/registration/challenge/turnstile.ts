/** Cloudflare Turnstile (https://developers.cloudflare.com/turnstile/get-started/server-side-validation/). */
import { z } from 'zod'
import { readBytes } from '../../kit/read-body.ts'
import type { Challenge } from './challenge.ts'

export interface TurnstileSettings {
  /** Public. */
  readonly siteKey: string
  readonly secretKey: string
  /** Its API; ends in a slash. */
  readonly url: string
}

/** As its widget names the field. */
export const turnstileField = 'cf-turnstile-response'
/** What the widget and its script are loaded from. */
export const turnstileOrigin = 'https://challenges.cloudflare.com'

const timeoutMs = 3000
const maxAnswerBytes = 16 * 1024
const maxTokenLength = 2048

/** What it says of a token; a token counts once, for five minutes. */
const verdict = z.object({
  success: z.boolean(),
  hostname: z.string().optional(),
  /** What the widget was made with. */
  cdata: z.string().optional(),
})

/** @param host of the issuer */
export const createTurnstile = (
  { siteKey, secretKey, url }: TurnstileSettings,
  host: string,
  send: (url: string, init: RequestInit) => Promise<Response>,
): Challenge => ({
  show: async (subject) => ({ kind: 'turnstile', site_key: siteKey, subject }),

  async isSolved(form, subject, { ip }) {
    const token = form.get(turnstileField)
    if (!token || token.length > maxTokenLength) return false
    const fields = { secret: secretKey, response: token, ...(ip !== undefined && { remoteip: ip }) }
    try {
      const answer = await send(`${url}siteverify`, {
        ...{ method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' },
        signal: AbortSignal.timeout(timeoutMs),
      })
      const bytes = await readBytes(answer.body, maxAnswerBytes)
      const said = verdict.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
      // Attack: a token of another site, or one solved for another address.
      return said.success && said.data.success && said.data.hostname === host && said.data.cdata === subject
    } catch {
      return false
    }
  },
})
