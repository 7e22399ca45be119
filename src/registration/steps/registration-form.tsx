/** The form of a step of making an account. */
import type { Child, FC } from 'hono/jsx'
import { registrationPath } from '../../interaction/register-path.ts'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { RegistrationPageProps } from './registration-step.ts'

interface RegistrationFormProps {
  readonly shown: RegistrationPageProps
  /** Id of the step. */
  readonly step: string
  readonly children: Child
}

export const RegistrationForm: FC<RegistrationFormProps> = ({ shown, step, children }) => (
  <form method="post" action={registrationPath}>
    <HiddenFields page={shown.page} interaction={shown.interaction} />
    <StepFields shown={shown} step={step} />
    {children}
  </form>
)

/** What says where the form belongs, besides the hidden fields of every form. */
export const StepFields: FC<Omit<RegistrationFormProps, 'children'>> = ({ shown, step }) => (
  <>
    <input type="hidden" name="sign_up" value={shown.signUp} />
    <input type="hidden" name="step" value={step} />
  </>
)
