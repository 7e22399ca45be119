/**
 * E-mail by Cloudflare's e-mail service, through the binding `EMAIL`
 * (https://developers.cloudflare.com/email-service/api/send-emails/workers-api/). It sets Message-ID itself and knows no
 * idempotency key.
 */
import { withTimeout } from '../../kit/with-timeout.ts'
import { failed, refused } from '../message.ts'
import { type EmailSender, providerTimeoutMs } from './sender.ts'

/** What of the binding is used. */
export interface EmailBinding {
  send(message: {
    readonly from: { readonly email: string; readonly name: string }
    readonly to: string
    readonly subject: string
    readonly html: string
    readonly text: string
    readonly headers: Record<string, string>
  }): Promise<unknown>
}

/** Codes that speak of the message or its recipient; all others, of our account or the service. */
const refusals: ReadonlySet<unknown> = new Set([
  'E_VALIDATION_ERROR',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_RECIPIENT_SUPPRESSED',
  'E_CONTENT_TOO_LARGE',
])

export const createCloudflareSender =
  (binding: EmailBinding): EmailSender =>
  async ({ id, from, to, subject, html, text }) => {
    try {
      const sender = { email: from.address, name: from.name }
      // By it a message that came twice can be recognised.
      const headers = { 'X-Entity-Ref-ID': id }
      await withTimeout(
        binding.send({ from: sender, to, subject, html, text, headers }),
        providerTimeoutMs,
        'EMAIL',
      )
      return { outcome: 'sent' }
    } catch (error) {
      const { code } = error as { code?: unknown }
      const reason = typeof code === 'string' && /^E_[A-Z_]{1,40}$/.test(code) ? code.toLowerCase() : 'threw'
      return refusals.has(code) ? refused(reason) : failed(reason)
    }
  }
