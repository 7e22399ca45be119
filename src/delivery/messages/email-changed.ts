/** What the owners of addresses are told when one is changed. */
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { defineEmail } from './define-message.ts'

interface EmailChangedParams {
  /** Opens the page that undoes the change. */
  readonly url: string
  readonly at: number
  /** Of the link; both milliseconds since the Unix epoch. */
  readonly link_expires_at: number
}

/** To the old address. The new one is not named: whoever has it now needs it as little as a thief does. */
export const emailChanged = defineEmail<EmailChangedParams>({
  compose({ url, at, link_expires_at }, { service, language: { tag, messages } }) {
    const { notices } = messages
    const words = notices.emailChanged
    const text = words.text(isolated(service))
    return {
      subject: words.subject(service),
      preview: text,
      title: words.title,
      paragraphs: [text, notices.at(formatTime(tag, at, 'UTC'))],
      action: { label: words.action, url },
      notes: [words.note(formatTime(tag, link_expires_at, 'UTC'))],
    }
  },
  example: {
    url: 'https://auth.example.com/email/undo?link=EXAMPLE',
    at: Date.UTC(2030, 0, 15, 12, 0),
    link_expires_at: Date.UTC(2030, 0, 18, 12, 0),
  },
})

/** To the owner of an address that somebody else wants to have, in place of a code. */
export const addressUsed = defineEmail<Record<string, never>>({
  compose(_params, { service, language: { messages } }) {
    const words = messages.notices.addressUsed
    const text = words.text(isolated(service))
    return {
      subject: words.subject(service),
      preview: text,
      title: words.title,
      paragraphs: [text],
      notes: [words.note],
    }
  },
  example: {},
})
