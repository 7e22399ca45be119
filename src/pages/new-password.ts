/** Reads the fields of a new password (`NewPasswordFields`). Whether it is acceptable is decided elsewhere. */
import { err, ok, type Result } from '../kit/result.ts'
import type { Messages } from '../messages/en.ts'
import type { Parameters } from '../protocol/parameters.ts'

export interface NewPasswordFault {
  readonly field: 'new_password' | 'repeat_password'
  readonly text: (messages: Messages) => string
}

/** The password, typed twice alike. */
export function readNewPassword(form: Parameters): Result<string, NewPasswordFault> {
  const typed = form.get('new_password')
  if (typed === undefined) return err({ field: 'new_password', text: (texts) => texts.newPasswordMissing })
  if (typed !== form.get('repeat_password')) {
    return err({ field: 'repeat_password', text: (texts) => texts.passwordsDiffer })
  }
  return ok(typed)
}
