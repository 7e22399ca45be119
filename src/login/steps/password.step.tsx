/** The password of an account, named before or in the same form. */
import type { FC } from 'hono/jsx'
import { passwordProof } from '../../authentication/factor-proofs.ts'
import { sealProgress } from '../../interaction/sign-in-progress.ts'
import { PasswordField } from '../../pages/form-parts.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { attemptPassword, maxTypedLength } from './password-attempt.ts'
import type { Step, StepPageProps } from './step.ts'
import { StepForm, startOverPath, stepPath } from './step-form.tsx'

/** The sign-in that recovers, sealed; undefined where nobody does. */
type Prepared = string | undefined

const PasswordPage: FC<StepPageProps> = (shown) => {
  const { page, progress, problems } = shown
  const recovery = shown.prepared as Prepared
  const { messages } = page
  return (
    <StepForm shown={shown} step="password">
      <AccountChip
        page={page}
        name={progress.identifier ?? ''}
        field="identifier"
        switchTo={startOverPath(shown)}
      />
      <PasswordField
        page={page}
        name="password"
        label={messages.passwordLabel}
        autocomplete="current-password"
        maxlength={maxTypedLength}
        autofocus={problems.length === 0}
        problems={problems}
      />
      <div class="actions">
        <button type="submit">{messages.signInAction}</button>
      </div>
      {recovery !== undefined && (
        <p>
          <a href={stepPath({ ...shown, signIn: recovery }, 'email_code')}>{messages.recovery.forgot}</a>
        </p>
      )}
    </StepForm>
  )
}

export const password: Step = {
  id: 'password',
  kind: 'factor',
  proves: [passwordProof],
  // After another factor a password adds nothing that a class of sign-ins asks for.
  offered: ({ identifier, proofs }, { passwords, recovers }) =>
    identifier !== undefined && proofs.length === 0 && passwords === 'on' && !recovers,
  label: (messages) => messages.signInSteps.usePassword,
  page: PasswordPage,
  prepare: async ({ root }, { policy, progress }): Promise<Prepared> =>
    policy.recovery === 'on'
      ? sealProgress(root, { ...progress, recovers: true, code: undefined })
      : undefined,

  async attempt(needs, attempt) {
    const typed = attempt.form.get('password')
    const { identifier } = attempt.progress
    if (identifier !== undefined && typed !== undefined) {
      return attemptPassword(needs, attempt, identifier, typed)
    }
    return {
      status: 'refused',
      problems: ({ messages }) => [{ field: 'password', message: messages.passwordMissing }],
      reason: 'incomplete',
    }
  },
}
