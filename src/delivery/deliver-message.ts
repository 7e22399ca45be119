/** Hands one message to the provider that the configuration names. */

import type { RootSecret } from '../kit/root-secret.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import { isSafeEmail } from './email.ts'
import { failed, type QueuedMessage, refused, type SendOutcome } from './message.ts'
import { renderMessage } from './render-message.ts'
import { openMessage } from './sealed-message.ts'
import { createCloudflareSender, type EmailBinding } from './senders/cloudflare-email.ts'
import { createResendSender } from './senders/resend.ts'
import type { EmailSender, Fetch, SmsSender } from './senders/sender.ts'
import { createSmtpSender } from './senders/smtp.ts'
import type { OpenSocket } from './senders/smtp-connection.ts'
import { createTwilioSender } from './senders/twilio.ts'

/** What senders are made of. */
export interface SenderNeeds {
  readonly delivery: DeliverySettings
  readonly issuer: string
  readonly send: Fetch
  readonly openSocket: OpenSocket
  readonly emailBinding: EmailBinding | undefined
}

/** `unreadable`: no root secret opens it. Never throws. */
export type DeliverOutcome = SendOutcome | { readonly outcome: 'unreadable' }

export async function deliverMessage(
  needs: SenderNeeds & { readonly root: Pick<RootSecret, 'open'> },
  { message_id, sealed, user_id }: Pick<QueuedMessage, 'message_id' | 'sealed' | 'user_id'>,
): Promise<DeliverOutcome> {
  const content = await openMessage(needs.root, message_id, sealed)
  if (content === undefined) return { outcome: 'unreadable' }
  const rendered = renderMessage(message_id, content)
  if (rendered.channel === 'email') {
    const { email } = needs.delivery
    const sendEmail = emailSenderOf(needs)
    // Switched off since the message was queued: it waits, until it expires.
    if (email === undefined || sendEmail === undefined) return failed('not_configured')
    const full = {
      ...rendered.email,
      from: { address: email.from, name: content.brand.name },
      tags: { kind: content.message.kind, ...(user_id !== undefined && { user_id }) },
    }
    return isSafeEmail(full) ? sendEmail(full) : refused('unsafe_header')
  }
  const { sms } = needs.delivery
  const sendSms = smsSenderOf(needs)
  if (sms === undefined || sendSms === undefined) return failed('not_configured')
  return sendSms({ ...rendered.sms, from: sms.from })
}

function emailSenderOf({
  delivery: { email },
  issuer,
  send,
  openSocket,
  emailBinding,
}: SenderNeeds): EmailSender | undefined {
  const provider = email?.provider
  switch (provider?.kind) {
    case undefined:
      return undefined
    case 'cloudflare':
      return emailBinding && createCloudflareSender(emailBinding)
    case 'resend':
      return createResendSender(provider, send)
    case 'smtp':
      return createSmtpSender(provider, openSocket, new URL(issuer).hostname)
  }
}

const smsSenderOf = ({ delivery: { sms }, send }: SenderNeeds): SmsSender | undefined =>
  sms && createTwilioSender(sms.provider, send)
