/** The pieces forms are made of: labelled fields, the error summary, and the hidden fields. */
import type { FC } from 'hono/jsx'
import type { FormPage, Page } from './page.ts'

export interface Problem {
  /** Name of the field it concerns; absent when it concerns the form as a whole. */
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
  readonly problems: readonly Problem[]
}

/** Hint and problem are tied to the input, so that a screen reader says them with the label. */
export const Field: FC<FieldProps> = ({ name, label, hint, problems, ...input }) => {
  const problem = problems.find(({ field }) => field === name)
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ')
  const isName = input.type === 'text'
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="wrong" id={`${name}-problem`}>
          {problem.message}
        </p>
      )}
      <input
        id={name}
        name={name}
        {...input}
        required
        dir={isName ? 'auto' : 'ltr'}
        autocapitalize="none"
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
    </div>
  )
}

/** Announced and focused when the page appears; its links lead to the fields. */
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
