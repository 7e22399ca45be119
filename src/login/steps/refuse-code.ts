/** Refusals of codes that were sent, by e-mail or text message. */
import { refuseField } from './refuse-field.ts'
import type { StepAttempt, StepOutcome } from './step.ts'

export const wrongCode: StepOutcome = refuseField('code', ({ emailCodes }) => emailCodes.wrong)

/** Used, expired, guessed at too often, or for an account that has changed since: the page asks for another one. */
export const codeIsOver = ({ progress }: Pick<StepAttempt, 'progress'>): StepOutcome => ({
  status: 'refused',
  problems: ({ messages }) => [{ message: messages.emailCodes.over }],
  reason: 'over',
  progress: { ...progress, code: undefined },
})
