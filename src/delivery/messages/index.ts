/** All kinds of messages. A kind is a file here and a line in the list. */
import { emailCode, recoveryCode, smsCode } from './code.ts'
import type { EmailKind, SmsKind } from './define-message.ts'
import { invitation } from './invitation.ts'
import { passwordReset } from './password-reset.ts'

export const messageKinds = {
  invitation,
  password_reset: passwordReset,
  email_code: emailCode,
  recovery_code: recoveryCode,
  sms_code: smsCode,
} as const satisfies Readonly<Record<string, EmailKind<unknown> | SmsKind<unknown>>>

type Kinds = typeof messageKinds
export type MessageKindName = keyof Kinds

/** A message of any kind, with the parameters of that kind: plain data. */
export type Message = {
  [Kind in MessageKindName]: { readonly kind: Kind; readonly params: Kinds[Kind]['example'] }
}[MessageKindName]
