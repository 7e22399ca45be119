/** Somebody wants to register with the address of an account that exists: only its mailbox learns that it does. */
import { isolated } from '../../messages/isolated.ts'
import { defineEmail } from './define-message.ts'

interface AccountExistsParams {
  readonly sign_in_url: string
}

export const accountExists = defineEmail<AccountExistsParams>({
  compose({ sign_in_url }, { service, language: { messages } }) {
    const { accountExists: words } = messages.mail
    const text = words.text(isolated(service))
    return {
      subject: words.subject(service),
      preview: text,
      title: words.title,
      paragraphs: [text, words.next],
      action: { label: messages.signInAction, url: sign_in_url },
      notes: [words.notYou],
    }
  },
  example: { sign_in_url: 'https://auth.example.com/login' },
})
