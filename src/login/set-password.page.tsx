/** The form behind an invitation or a reset link. */
import type { FC } from 'hono/jsx'
import { maxPasswordLength, minPasswordLength } from '../passwords/password-policy.ts'
import type { PasswordSetup } from '../users/password-setup.ts'
import { ErrorSummary, Field, HiddenFields, type Problem } from './form-parts.tsx'
import { Layout } from './layout.tsx'
import { isolated } from './messages/isolated.ts'
import type { FormPage } from './page.ts'

interface SetPasswordPageProps {
  readonly page: FormPage
  readonly link: string
  readonly setup: PasswordSetup
  readonly problems: readonly Problem[]
}

export const SetPasswordPage: FC<SetPasswordPageProps> = ({ page, link, setup, problems }) => {
  const { messages } = page
  const isInvitation = setup.purpose === 'invitation'
  const title = isInvitation ? messages.invitationTitle : messages.resetTitle
  const [name] = setup.identifiers.toReversed()
  const field = {
    type: 'password',
    autocomplete: 'new-password',
    maxlength: maxPasswordLength * 4,
    problems,
  } as const
  return (
    <Layout page={page} title={title} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{title}</h1>
        <p class="lead">{isInvitation ? messages.invitationText : messages.resetText}</p>
        {name && <p>{messages.accountIs(isolated(name))}</p>}
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/set-password">
          <HiddenFields page={page} />
          <input type="hidden" name="link" value={link} />
          {/* For password managers, which store a password together with a name. */}
          {name && (
            <div hidden>
              <input type="text" name="username" autocomplete="username" value={name} />
            </div>
          )}
          <Field
            {...field}
            name="new_password"
            label={messages.newPasswordLabel}
            hint={messages.newPasswordHint(minPasswordLength)}
          />
          <Field {...field} name="repeat_password" label={messages.repeatPasswordLabel} />
          <div class="actions">
            <button type="submit">{messages.savePasswordAction}</button>
          </div>
        </form>
      </div>
    </Layout>
  )
}
