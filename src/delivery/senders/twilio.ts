/**
 * Text messages by Twilio (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource). Twilio
 * has no idempotency key: should its answer get lost, the message is sent twice.
 */
import type { TwilioSettings } from '../delivery-settings.ts'
import { failed, refused, type SendOutcome } from '../message.ts'
import { askProvider, type ProviderAnswer } from './http-outcome.ts'
import type { Fetch, SmsSender } from './sender.ts'

/** By https://www.twilio.com/docs/api/errors: what no repetition mends, because it speaks of the number. */
const refusals: ReadonlySet<unknown> = new Set([
  21211, // invalid number
  21217, // not a number that can be reached
  21408, // a country this account does not send to
  21610, // the person has opted out (STOP)
  21612, // cannot be reached from ours
  21614, // not a mobile number
  60410, // blocked for fraud
])

export const createTwilioSender =
  ({ accountSid, authToken, url }: TwilioSettings, send: Fetch): SmsSender =>
  ({ from, to, text }) =>
    askProvider(
      send,
      `${url}2010-04-01/Accounts/${accountSid}/Messages.json`,
      {
        headers: {
          authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': 'Authly',
        },
        body: new URLSearchParams({
          To: to,
          [from.startsWith('MG') ? 'MessagingServiceSid' : 'From']: from,
          Body: text,
        }).toString(),
      },
      judge,
    )

function judge({ status, body, retryAfterMs }: ProviderAnswer): SendOutcome {
  if (status >= 200 && status < 300) return { outcome: 'sent' }
  const { code } = body
  return status === 400 && refusals.has(code)
    ? refused(`twilio_${code}`)
    : failed(`http_${status}`, retryAfterMs)
}
