/** What the messages with a link to set a password have in common. */
import type { Messages } from '../../messages/en.ts'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { defineEmail, type EmailKind } from './define-message.ts'

export interface SetupLinkParams {
  /** Opens the page that asks for a password. */
  readonly url: string
  /** Username or e-mail address of the account. */
  readonly account: string
  /** Milliseconds since the Unix epoch. */
  readonly link_expires_at: number
}

const example: SetupLinkParams = {
  url: 'https://auth.example.com/set-password?link=authly_il_EXAMPLE.EXAMPLE',
  account: 'ada@example.com',
  link_expires_at: Date.UTC(2030, 0, 15, 12, 0),
}

/** A message with the link, in words of its own; it says how long the link works, and what to do if nobody asked for it. */
export const defineSetupLink = (
  textsOf: (mail: Messages['mail']) => Messages['mail']['invitation'],
): EmailKind<SetupLinkParams> =>
  defineEmail<SetupLinkParams>({
    compose({ url, account, link_expires_at }, { service, language: { tag, messages } }) {
      const { mail } = messages
      const texts = textsOf(mail)
      const text = texts.text(isolated(service), isolated(account))
      return {
        subject: texts.subject(service),
        preview: text,
        title: texts.title,
        paragraphs: [text, texts.next],
        action: { label: texts.action, url },
        notes: [mail.linkWorksUntil(formatTime(tag, link_expires_at, 'UTC')), mail.unexpectedLink],
      }
    },
    example,
  })
