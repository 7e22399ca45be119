import { isolated } from '../../messages/isolated.ts'
import { defineEmail } from './define-message.ts'
import { type SetupLinkParams, setupLinkExample, setupLinkNotes } from './setup-link.ts'

/** An administrator took the password away; its owner sets another. */
export const passwordReset = defineEmail<SetupLinkParams>({
  compose(params, context) {
    const { service, language } = context
    const { passwordReset } = language.messages.mail
    const text = passwordReset.text(isolated(service), isolated(params.account))
    return {
      subject: passwordReset.subject(service),
      preview: text,
      title: passwordReset.title,
      paragraphs: [text, passwordReset.next],
      action: { label: passwordReset.action, url: params.url },
      notes: setupLinkNotes(params, context),
    }
  },
  example: setupLinkExample,
})
