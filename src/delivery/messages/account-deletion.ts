/** A person's account is to be deleted, because somebody who was signed in as them asked for it. */
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { defineEmail } from './define-message.ts'

export interface AccountDeletionParams {
  /** Of the sign-in, where the account can be kept. */
  readonly url: string
  /** Username or e-mail address of the account. */
  readonly account: string
  /** Milliseconds since the Unix epoch. */
  readonly due_at: number
}

export const accountDeletion = defineEmail<AccountDeletionParams>({
  compose({ url, account, due_at }, { service, language: { tag, messages } }) {
    const texts = messages.accountDeletion.mail
    const text = texts.text(isolated(service), isolated(account), formatTime(tag, due_at, 'UTC'))
    return {
      subject: texts.subject(service),
      preview: text,
      title: texts.title,
      paragraphs: [text, texts.undo],
      action: { label: texts.action, url },
      notes: [texts.notYou],
    }
  },
  example: {
    url: 'https://auth.example.com/login',
    account: 'ada@example.com',
    due_at: Date.UTC(2030, 0, 15, 12, 0),
  },
})
