/** The form reached from an invitation or password reset link. */
import type { FC } from 'hono/jsx'
import {
  AccountField,
  ErrorSummary,
  HiddenFields,
  NewPasswordFields,
  type Problem,
} from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { TermsField } from '../pages/terms-field.tsx'
import type { PasswordRules } from '../passwords/password-policy.ts'
import type { PasswordSetup } from '../users/password-setup.ts'

interface SetPasswordPageProps {
  readonly page: FormPage
  readonly link: string
  readonly setup: PasswordSetup
  readonly rules: PasswordRules
  /** Where the terms are that have to be accepted; undefined: none. */
  readonly termsUri: string | undefined
  readonly isAccepted: boolean
  readonly problems: readonly Problem[]
}

export const SetPasswordPage: FC<SetPasswordPageProps> = ({
  page,
  link,
  setup,
  rules,
  problems,
  ...terms
}) => {
  const { messages } = page
  const isInvitation = setup.purpose === 'invitation'
  const title = isInvitation ? messages.invitationTitle : messages.resetTitle
  const [name] = setup.identifiers.toReversed()
  return (
    <Layout page={page} title={title} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{title}</h1>
        <p class="lead">{isInvitation ? messages.invitationText : messages.resetText}</p>
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/set-password">
          <HiddenFields page={page} />
          <input type="hidden" name="link" value={link} />
          {name && <AccountField page={page} name={name} />}
          <NewPasswordFields page={page} rules={rules} problems={problems} />
          {terms.termsUri && (
            <TermsField page={page} uri={terms.termsUri} isAccepted={terms.isAccepted} problems={problems} />
          )}
          <div class="actions">
            <button type="submit">{messages.savePasswordAction}</button>
          </div>
        </form>
      </div>
    </Layout>
  )
}
