/** The password change form: forced at the first sign-in, or opened from the account page. */
import type { FC } from 'hono/jsx'
import type { Messages } from '../messages/en.ts'
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
import type { ChangeReason } from '../passwords/change-reason.ts'
import type { PasswordRules } from '../passwords/password-policy.ts'

interface PasswordPageProps {
  readonly page: FormPage
  readonly interaction: string | undefined
  readonly accountName: string
  readonly rules: PasswordRules
  /** Why the user must change the password before anything else. */
  readonly forced: ChangeReason | undefined
  /** False when the user has just typed it to sign in. */
  readonly asksCurrent: boolean
  readonly problems: readonly Problem[]
}

export const PasswordPage: FC<PasswordPageProps> = ({ page, interaction, forced, problems, ...props }) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.changePasswordTitle} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{messages.changePasswordTitle}</h1>
        <p class="lead">{leadOf(messages, forced)}</p>
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/password">
          <HiddenFields page={page} interaction={interaction} />
          <AccountField page={page} name={props.accountName} />
          {props.asksCurrent && (
            <Field
              name="current_password"
              type="password"
              label={messages.currentPasswordLabel}
              autocomplete="current-password"
              maxlength={1024}
              problems={problems}
            />
          )}
          <NewPasswordFields page={page} rules={props.rules} problems={problems} />
          <div class="actions">
            <button type="submit">{messages.changePasswordAction}</button>
            {forced === undefined && (
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

function leadOf(messages: Messages, forced: ChangeReason | undefined): string {
  if (forced === undefined) return messages.otherSessionsWillEnd
  return forced === 'breached' ? messages.passwords.breached : messages.passwordChangeRequired
}
