/** Building blocks of forms: labelled fields, the error summary and the hidden fields. */
import type { Child, FC } from 'hono/jsx'
import { maxPasswordLength, type PasswordRules } from '../passwords/password-policy.ts'
import { EyeIcon } from './icons.tsx'
import type { FormPage, Page } from './page.ts'
import { AccountChip } from './sign-in-parts.tsx'

export interface Problem {
  /** Name of the invalid field; absent when the problem concerns the form as a whole. */
  readonly field?: string | undefined
  readonly message: string
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type: 'text' | 'password'
  readonly autocomplete: string
  readonly value?: string | undefined
  readonly hint?: string | undefined
  readonly maxlength: number
  readonly autofocus?: boolean | undefined
  readonly readonly?: boolean | undefined
  readonly class?: string | undefined
  /** It may be left empty. */
  readonly optional?: boolean | undefined
  /** Default: `none`, because identifiers, codes and passwords are not prose. */
  readonly autocapitalize?: 'words' | undefined
  readonly inputmode?: 'numeric' | 'email' | 'text' | undefined
  /** From the text itself when absent. */
  readonly dir?: 'ltr' | undefined
  /** Apple's `passwordrules` attribute for generated passwords. */
  readonly passwordrules?: string | undefined
  readonly problems: readonly Problem[]
  /** Stands on the input, at its end. */
  readonly children?: Child
}

/** Hint and problem are linked to the input, so that a screen reader announces them with the label. */
export const Field: FC<FieldProps> = (props) => {
  const { name, label, hint, problems, children, dir, optional, autocapitalize, ...input } = props
  const problem = problems.find(({ field }) => field === name)
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ')
  const box = (
    <input
      id={name}
      name={name}
      {...input}
      required={!optional}
      dir={dir ?? 'auto'}
      // Nor are they corrected or spell checked.
      autocapitalize={autocapitalize ?? 'none'}
      autocorrect="off"
      spellcheck={false}
      aria-invalid={problem ? 'true' : undefined}
      aria-describedby={described || undefined}
    />
  )
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {children ? (
        <div class="with-button">
          {box}
          {children}
        </div>
      ) : (
        box
      )}
      {problem && (
        <p class="wrong" id={`${name}-problem`}>
          {problem.message}
        </p>
      )}
    </div>
  )
}

type PasswordFieldProps = Omit<FieldProps, 'type' | 'dir' | 'children' | 'class' | 'inputmode'> & {
  readonly page: Page
}

/** With a button that shows what was typed; hidden until the script runs, because nothing happens without it. */
export const PasswordField: FC<PasswordFieldProps> = ({ page: { messages }, ...field }) => (
  <Field {...field} type="password" dir="ltr">
    <button
      type="button"
      class="reveal"
      hidden
      data-show-password={field.name}
      aria-controls={field.name}
      aria-pressed="false"
      aria-label={messages.look.showPassword}
    >
      <EyeIcon />
    </button>
  </Field>
)

interface CodeFieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  /** Digits of an authenticator, or letters too for codes on paper. */
  readonly kind: 'digits' | 'text'
  readonly maxlength: number
  readonly autofocus?: boolean | undefined
  readonly problems: readonly Problem[]
}

/** A code that is typed once: large, and filled in by phones that know it. */
export const CodeField: FC<CodeFieldProps> = ({ kind, ...field }) => (
  <Field
    {...field}
    type="text"
    class="code"
    dir="ltr"
    inputmode={kind === 'digits' ? 'numeric' : 'text'}
    // A code on paper is in no message that a phone could read it from.
    autocomplete={kind === 'digits' ? 'one-time-code' : 'off'}
  />
)

interface AccountFieldProps {
  readonly page: Page
  /** The identifier the user signs in with. */
  readonly name: string
}

/** Shows whose password it is, also to password managers, which store it together with the username. */
export const AccountField: FC<AccountFieldProps> = ({ page, name }) => (
  <AccountChip page={page} name={name} field="username" />
)

interface NewPasswordFieldsProps {
  readonly page: Page
  readonly rules: PasswordRules
  readonly problems: readonly Problem[]
}

/** A new password, twice. */
export const NewPasswordFields: FC<NewPasswordFieldsProps> = ({ page, rules, problems }) => {
  const { messages } = page
  const field = {
    page,
    autocomplete: 'new-password',
    // `maxlength` counts UTF-16 units, the policy counts code points.
    maxlength: maxPasswordLength * 4,
    passwordrules: `minlength: ${rules.min_length}; maxlength: ${maxPasswordLength};`,
    problems,
  } as const
  return (
    <>
      <PasswordField
        {...field}
        name="new_password"
        label={messages.newPasswordLabel}
        hint={messages.newPasswordHint(rules.min_length)}
      />
      <PasswordField {...field} name="repeat_password" label={messages.repeatPasswordLabel} />
    </>
  )
}

/** Lists the problems with links to their fields; announced and focused when the page loads. */
export const ErrorSummary: FC<{ page: Page; problems: readonly Problem[] }> = ({ page, problems }) =>
  problems.length === 0 ? null : (
    <div class="summary" role="alert" tabindex={-1} autofocus>
      <p class="head">{page.messages.thereIsAProblem}</p>
      <ul>
        {problems.map(({ field, message }) => (
          <li>{field ? <a href={`#${field}`}>{message}</a> : message}</li>
        ))}
      </ul>
    </div>
  )

/** Confirms what a form did. */
export const Notice: FC<{ message: string | undefined }> = ({ message }) =>
  message === undefined ? null : (
    <div class="notice" role="status">
      <p>{message}</p>
    </div>
  )

/** The CSRF token and the sealed login in progress. */
export const HiddenFields: FC<{ page: FormPage; interaction?: string | undefined }> = ({
  page,
  interaction,
}) => (
  <>
    <input type="hidden" name="csrf_token" value={page.csrfToken} />
    {interaction && <input type="hidden" name="interaction" value={interaction} />}
  </>
)
