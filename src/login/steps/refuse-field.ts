/** The refusal of one field of a step's form. */
import type { Messages } from '../../messages/en.ts'
import type { StepOutcome } from './step.ts'

/** @param reason for the log */
export const refuseField = (
  field: string,
  message: (messages: Messages) => string,
  reason = 'wrong',
): StepOutcome => ({
  status: 'refused',
  reason,
  problems: ({ messages }) => [{ field, message: message(messages) }],
})
