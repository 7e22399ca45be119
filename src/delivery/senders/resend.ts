/**
 * E-mail by the API of Resend (https://resend.com/docs/api-reference/emails/send-email). The message id is the
 * idempotency key: a repetition within 24 hours sends nothing
 * (https://resend.com/docs/dashboard/emails/idempotency-keys).
 */
import type { ResendSettings } from '../delivery-settings.ts'
import { quoted } from '../email.ts'
import { failed, refused, type SendOutcome } from '../message.ts'
import { askProvider, type ProviderAnswer } from './http-outcome.ts'
import type { EmailSender, Fetch } from './sender.ts'

export const createResendSender =
  ({ apiKey, url }: ResendSettings, send: Fetch): EmailSender =>
  ({ id, from, to, subject, html, text, tags = {} }) =>
    askProvider(
      send,
      `${url}emails`,
      {
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': id,
          'user-agent': 'Authly',
        },
        body: JSON.stringify({
          from: from.name === '' ? from.address : `${quoted(from.name)} <${from.address}>`,
          ...{ to: [to], subject, html, text },
          tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
        }),
      },
      judge,
    )

/** By https://resend.com/docs/api-reference/errors. */
function judge({ status, body, retryAfterMs }: ProviderAnswer): SendOutcome {
  if (status >= 200 && status < 300) return { outcome: 'sent' }
  // The key was used with other content: Resend took the message, and a deployment has changed its words since.
  if (status === 409 && body['name'] === 'invalid_idempotent_request') return { outcome: 'sent' }
  // Other refusals speak of our account, key, domain or quota: those are mended, and the message is not lost.
  const isOurs = status !== 400 && status !== 422
  const reason = `http_${status}`
  return isOurs || body['name'] !== 'validation_error' || speaksOfUs(body)
    ? failed(reason, retryAfterMs)
    : refused(reason)
}

/** Resend calls an unknown key a `validation_error` too. */
const speaksOfUs = ({ message }: ProviderAnswer['body']): boolean =>
  typeof message === 'string' && /api key|domain|`from`/i.test(message)
