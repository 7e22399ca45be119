/** Turns what a message is made of into what a provider takes. */
import { chooseLanguage } from '../messages/choose-language.ts'
import type { Email } from './email.ts'
import type { MessageContent } from './message.ts'
import type { EmailKind, MessageContext, SmsKind } from './messages/define-message.ts'
import { messageKinds } from './messages/index.ts'
import { renderEmail } from './render-email.tsx'
import { renderText } from './render-text.ts'
import type { TextMessage } from './senders/sender.ts'

export type RenderedMessage =
  | { readonly channel: 'email'; readonly email: Omit<Email, 'from'> }
  | { readonly channel: 'sms'; readonly sms: Omit<TextMessage, 'from'> }

/** @param id of the message */
export function renderMessage(id: string, content: MessageContent): RenderedMessage {
  const { to, brand, host, message } = content
  const language = chooseLanguage(undefined, undefined, content.language)
  const context: MessageContext = { language, host, service: brand.name }
  const kind = messageKinds[message.kind] as EmailKind<unknown> | SmsKind<unknown>
  if (kind.channel === 'sms') {
    return { channel: 'sms', sms: { id, to: to.address, text: kind.compose(message.params, context) } }
  }
  const parts = kind.compose(message.params, context)
  return {
    channel: 'email',
    email: {
      ...{ id, to: to.address, subject: parts.subject },
      html: renderEmail({ parts, context, brand }),
      text: renderText(parts, context),
    },
  }
}
