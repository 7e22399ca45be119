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
import { PasskeyForm } from '../pages/passkey-form.tsx'
import { TermsField, termsField } from '../pages/terms-field.tsx'
import type { PasswordRules } from '../passwords/password-policy.ts'
import { type PasswordSetup, passwordSetupPath } from '../users/password-setup.ts'

/** The box of the passkey's form, which has an id of its own beside that of the password's. */
export const passkeyTermsField = `passkey_${termsField}`

const isOfPassword = ({ field }: Problem): boolean =>
  field === termsField || field?.endsWith('_password') === true

interface SetPasswordPageProps {
  readonly page: FormPage
  readonly link: string
  readonly setup: PasswordSetup
  /** Undefined: no password is chosen here. */
  readonly rules: PasswordRules | undefined
  /** Undefined: no passkey is made here. */
  readonly passkey: { readonly options: object; readonly registration: string } | undefined
  /** Where the terms are that have to be accepted; undefined: none. */
  readonly termsUri: string | undefined
  readonly isAccepted: boolean
  readonly problems: readonly Problem[]
}

export const SetPasswordPage: FC<SetPasswordPageProps> = (props) => {
  const { page, setup, rules, passkey, problems } = props
  const { messages } = page
  const isInvitation = setup.purpose === 'invitation'
  const [title, text] = isInvitation
    ? [messages.invitationTitle, messages.invitationText]
    : rules
      ? [messages.resetTitle, messages.resetText]
      : [messages.registration.credentialTitle, messages.passkeySection.text]
  return (
    <Layout page={page} title={title} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <ErrorSummary page={page} problems={problems} />
        {passkey && <PasskeyPart {...props} passkey={passkey} />}
        {rules &&
          (passkey ? (
            <details class="more" open={problems.some(isOfPassword)}>
              <summary>{messages.registration.usePassword}</summary>
              <PasswordPart {...props} rules={rules} />
            </details>
          ) : (
            <PasswordPart {...props} rules={rules} />
          ))}
      </div>
    </Layout>
  )
}

type Part<Name extends 'rules' | 'passkey'> = FC<
  SetPasswordPageProps & { readonly [key in Name]: NonNullable<SetPasswordPageProps[Name]> }
>

const PasskeyPart: Part<'passkey'> = ({ page, link, passkey, problems, ...terms }) => {
  const { passkeySection } = page.messages
  return (
    <PasskeyForm
      page={page}
      kind="create"
      action={passwordSetupPath}
      options={passkey.options}
      label={passkeySection.create}
      without={passkeySection.withoutScript}
    >
      <input type="hidden" name="link" value={link} />
      <input type="hidden" name="registration" value={passkey.registration} />
      {terms.termsUri && (
        <TermsField
          id={passkeyTermsField}
          page={page}
          uri={terms.termsUri}
          isAccepted={terms.isAccepted}
          problems={problems}
        />
      )}
    </PasskeyForm>
  )
}

const PasswordPart: Part<'rules'> = ({ page, link, setup, rules, problems, ...terms }) => {
  const [name] = setup.identifiers.toReversed()
  return (
    <form method="post" action={passwordSetupPath}>
      <HiddenFields page={page} />
      <input type="hidden" name="link" value={link} />
      {name && <AccountField page={page} name={name} />}
      <NewPasswordFields page={page} rules={rules} problems={problems} />
      {terms.termsUri && (
        <TermsField page={page} uri={terms.termsUri} isAccepted={terms.isAccepted} problems={problems} />
      )}
      <div class="actions">
        <button type="submit">{page.messages.savePasswordAction}</button>
      </div>
    </form>
  )
}
