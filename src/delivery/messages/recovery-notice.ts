/** What the owner of an account is told while somebody recovers it without its second factor, and afterwards. */
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { defineEmail, defineSms } from './define-message.ts'

export interface WaitingParams {
  /** Opens the page that stops it. */
  readonly url: string
  /** From when the account opens (milliseconds since the Unix epoch). */
  readonly available_at: number
}

const example: WaitingParams = {
  url: 'https://auth.example.com/recovery/stop?link=EXAMPLE',
  available_at: Date.UTC(2030, 0, 15, 12, 0),
}

export const recoveryWaiting = defineEmail<WaitingParams>({
  compose({ url, available_at }, { service, language: { tag, messages } }) {
    const { waiting } = messages.notices
    const text = waiting.text(isolated(service), formatTime(tag, available_at, 'UTC'))
    return {
      subject: waiting.subject(service),
      preview: text,
      title: waiting.title,
      paragraphs: [text],
      action: { label: waiting.action, url },
      notes: [waiting.note],
    }
  },
  example,
})

export const recoveryWaitingSms = defineSms<WaitingParams>({
  compose: ({ url }, { service, language }) => language.messages.notices.waiting.sms(service, url),
  example,
})

export const recovered = defineEmail<{ readonly at: number }>({
  compose({ at }, { service, language: { tag, messages } }) {
    const { recovered: words, at: atTime } = messages.notices
    const text = words.text(isolated(service))
    return {
      subject: words.subject(service),
      preview: text,
      title: words.title,
      paragraphs: [text, atTime(formatTime(tag, at, 'UTC'))],
      notes: [words.note],
    }
  },
  example: { at: example.available_at },
})
