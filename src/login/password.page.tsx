/** The password change form, opened from the account page. */
import type { FC } from 'hono/jsx'
import {
  AccountField,
  ErrorSummary,
  Field,
  HiddenFields,
  NewPasswordFields,
  type Problem,
} from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import type { PasswordRules } from '../passwords/password-policy.ts'

interface PasswordPageProps {
  readonly page: FormPage
  readonly interaction: string | undefined
  readonly accountName: string
  /** A session from when a sign-in began one before the change that it demanded: usable for nothing else. */
  readonly isForced: boolean
  readonly rules: PasswordRules
  readonly problems: readonly Problem[]
}

export const PasswordPage: FC<PasswordPageProps> = ({ page, interaction, isForced, problems, ...props }) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.changePasswordTitle} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{messages.changePasswordTitle}</h1>
        <p class="lead">{isForced ? messages.passwordChangeRequired : messages.otherSessionsWillEnd}</p>
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/password">
          <HiddenFields page={page} interaction={interaction} />
          <AccountField page={page} name={props.accountName} />
          <Field
            name="current_password"
            type="password"
            label={messages.currentPasswordLabel}
            autocomplete="current-password"
            maxlength={1024}
            problems={problems}
          />
          <NewPasswordFields page={page} rules={props.rules} problems={problems} />
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
