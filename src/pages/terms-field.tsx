/** The box that accepts the terms of the deployment (setting `registration.terms`). */
import type { FC } from 'hono/jsx'
import type { Problem } from './form-parts.tsx'
import type { Page } from './page.ts'

export const termsField = 'terms'

interface TermsFieldProps {
  /** Where a page has two of them; also the `field` of its problem. */
  readonly id?: string
  readonly page: Page
  /** Where the terms are. */
  readonly uri: string
  /** Ticked before, in a form that was refused. */
  readonly isAccepted: boolean
  readonly problems: readonly Problem[]
}

/** Never ticked in advance. */
export const TermsField: FC<TermsFieldProps> = ({ id = termsField, page, uri, isAccepted, problems }) => {
  const { registration: texts } = page.messages
  const problem = problems.find(({ field }) => field === id)
  return (
    <div class="field check">
      <label for={id}>
        <input
          id={id}
          name={termsField}
          type="checkbox"
          value="yes"
          required
          checked={isAccepted}
          aria-invalid={problem ? 'true' : undefined}
          aria-describedby={problem ? `${id}-problem` : undefined}
        />{' '}
        {texts.acceptTerms}
      </label>
      <p class="hint">
        <a href={uri} target="_blank" rel="noopener noreferrer">
          {texts.readTerms}
        </a>
      </p>
      {problem && (
        <p class="wrong" id={`${id}-problem`}>
          {problem.message}
        </p>
      )}
    </div>
  )
}
