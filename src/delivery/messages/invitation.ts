import { isolated } from '../../messages/isolated.ts'
import { defineEmail } from './define-message.ts'
import { type SetupLinkParams, setupLinkExample, setupLinkNotes } from './setup-link.ts'

/** An administrator made an account; its owner sets the first password. */
export const invitation = defineEmail<SetupLinkParams>({
  compose(params, context) {
    const { service, language } = context
    const { invitation } = language.messages.mail
    const text = invitation.text(isolated(service), isolated(params.account))
    return {
      subject: invitation.subject(service),
      preview: text,
      title: invitation.title,
      paragraphs: [text, invitation.next],
      action: { label: invitation.action, url: params.url },
      notes: setupLinkNotes(params, context),
    }
  },
  example: setupLinkExample,
})
