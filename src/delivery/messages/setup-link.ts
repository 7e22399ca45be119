/** What the messages with a link to set a password have in common. */
import { formatTime } from '../../messages/format-time.ts'
import type { MessageContext } from './define-message.ts'

export interface SetupLinkParams {
  /** Opens the page that asks for a password. */
  readonly url: string
  /** Username or e-mail address of the account. */
  readonly account: string
  /** Milliseconds since the Unix epoch. */
  readonly link_expires_at: number
}

export const setupLinkExample: SetupLinkParams = {
  url: 'https://auth.example.com/set-password?link=authly_il_EXAMPLE.EXAMPLE',
  account: 'ada@example.com',
  link_expires_at: Date.UTC(2030, 0, 15, 12, 0),
}

/** How long the link works, and what to do with a message that nobody asked for. */
export const setupLinkNotes = (
  { link_expires_at }: SetupLinkParams,
  { language: { tag, messages } }: MessageContext,
): readonly string[] => [
  messages.mail.linkWorksUntil(formatTime(tag, link_expires_at, 'UTC')),
  messages.mail.unexpectedLink,
]
