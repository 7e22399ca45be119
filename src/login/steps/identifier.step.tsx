/** Who it may be. Whether there is such an account nobody learns here: the next page is the same. */
import type { FC } from 'hono/jsx'
import { Field } from '../../pages/form-parts.tsx'
import { cutIdentifier, maxIdentifierLength } from '../../users/identifier-length.ts'
import type { Step, StepPageProps } from './step.ts'
import { StepForm } from './step-form.tsx'

const IdentifierPage: FC<StepPageProps> = (shown) => {
  const { page, progress, problems, alternatives } = shown
  const { messages } = page
  return (
    <StepForm shown={shown} step="identifier">
      <Field
        name="identifier"
        type="text"
        label={messages.identifierLabel}
        // Browsers then also offer passkeys in this field (WebAuthn, conditional mediation).
        autocomplete={alternatives.includes('passkey') ? 'username webauthn' : 'username'}
        maxlength={maxIdentifierLength}
        value={progress.identifier ?? shown.hint}
        autofocus={problems.length === 0}
        problems={problems}
      />
      <div class="actions">
        <button type="submit">{messages.continueAction}</button>
      </div>
    </StepForm>
  )
}

export const identifier: Step = {
  id: 'identifier',
  kind: 'identify',
  proves: [],
  offered: ({ identifier: typed, proofs }, { passwords, email_codes }) =>
    typed === undefined && proofs.length === 0 && (passwords === 'on' || email_codes === 'on'),
  label: (messages) => messages.useAnotherAccount,
  page: IdentifierPage,

  async attempt(_needs, { form, progress }) {
    const typed = form.get('identifier')
    if (typed === undefined) {
      return {
        status: 'refused',
        problems: ({ messages }) => [{ field: 'identifier', message: messages.identifierMissing }],
        reason: 'incomplete',
      }
    }
    return { status: 'next', progress: { ...progress, identifier: cutIdentifier(typed) } }
  },
}
