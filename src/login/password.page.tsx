/** The password form: forced at the first sign-in, or asked for on the account page. */
import type { FC } from 'hono/jsx'
import { maxPasswordLength, minPasswordLength } from '../passwords/password-policy.ts'
import { ErrorSummary, Field, HiddenFields, type Problem } from './form-parts.tsx'
import { Layout } from './layout.tsx'
import type { FormPage } from './page.ts'

interface PasswordPageProps {
  readonly page: FormPage
  readonly interaction: string | undefined
  /** The person cannot go on without. */
  readonly isForced: boolean
  readonly problems: readonly Problem[]
}

export const PasswordPage: FC<PasswordPageProps> = ({ page, interaction, isForced, problems }) => {
  const { messages } = page
  const field = { type: 'password', maxlength: 1024, problems } as const
  return (
    <Layout page={page} title={messages.changePasswordTitle} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{messages.changePasswordTitle}</h1>
        <p class="lead">{isForced ? messages.passwordChangeRequired : messages.otherSessionsWillEnd}</p>
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/password">
          <HiddenFields page={page} interaction={interaction} />
          <Field
            {...field}
            name="current_password"
            label={messages.currentPasswordLabel}
            autocomplete="current-password"
          />
          <Field
            {...field}
            name="new_password"
            label={messages.newPasswordLabel}
            hint={messages.newPasswordHint(minPasswordLength)}
            maxlength={maxPasswordLength * 4}
            autocomplete="new-password"
          />
          <Field
            {...field}
            name="repeat_password"
            label={messages.repeatPasswordLabel}
            maxlength={maxPasswordLength * 4}
            autocomplete="new-password"
          />
          <div class="actions">
            <button type="submit">{messages.changePasswordAction}</button>
            {!isForced && (
              <a class="button second" href="/account">
                {messages.cancel}
              </a>
            )}
          </div>
        </form>
      </div>
    </Layout>
  )
}
