/** The form of a step, and the addresses of the pages of a sign-in. */
import type { Child, FC } from 'hono/jsx'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { StepPageProps } from './step.ts'

interface StepFormProps {
  readonly shown: StepPageProps
  /** Id of the step. */
  readonly step: string
  /** Attributes for the script of the pages, such as `data-passkey`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly children: Child
}

/** Posts to `/login` with what every step needs; the fields are the step's own. */
export const StepForm: FC<StepFormProps> = ({ shown, step, attributes, children }) => (
  <form method="post" action="/login" {...attributes}>
    <HiddenFields page={shown.page} interaction={shown.interaction} />
    <input type="hidden" name="sign_in" value={shown.signIn} />
    <input type="hidden" name="step" value={step} />
    {children}
  </form>
)

type Shown = Pick<StepPageProps, 'interaction' | 'signIn'>

/** The page of a step of this sign-in. */
export const stepPath = ({ interaction, signIn }: Shown, step?: string): string =>
  loginPath({ interaction, sign_in: signIn, step })

/** The page where the sign-in begins anew, also for somebody else. */
export const startOverPath = ({
  interaction,
  progress,
}: Pick<StepPageProps, 'interaction' | 'progress'>): string =>
  loginPath({ interaction, next: interaction ? undefined : progress.next, as: 'another' })

/** `/login` with those parameters that have a value. */
export function loginPath(parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return query.size > 0 ? `/login?${query}` : '/login'
}
