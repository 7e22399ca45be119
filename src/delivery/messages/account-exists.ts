/** Somebody wants to register with the address of an account that exists: only its mailbox learns that it does. */
import { isolated } from '../../messages/isolated.ts'
import { defineEmail } from './define-message.ts'

interface AccountExistsParams {
  readonly url: string
}

export const accountExists = defineEmail<AccountExistsParams>({
  compose({ url }, { service, language: { messages } }) {
    const { accountExists: words } = messages.mail
    const text = words.text(isolated(service))
    return {
      subject: words.subject(service),
      preview: text,
      title: words.title,
      paragraphs: [text, words.next],
      action: { label: messages.signInAction, url },
      notes: [words.notYou],
    }
  },
  example: { url: 'https://auth.example.com/login' },
})
