/** All kinds of messages. A kind is a file here and a line in the list. */
import { accountDeletion } from './account-deletion.ts'
import { accountExists } from './account-exists.ts'
import { emailCode, recoveryCode, registrationCode, smsCode } from './code.ts'
import type { EmailKind, SmsKind } from './define-message.ts'
import { addressUsed, emailChanged } from './email-changed.ts'
import { invitation } from './invitation.ts'
import { factorAdded, factorRemoved, newDevice, passwordChanged, recoveryCodesMade } from './notice.ts'
import { passwordReset } from './password-reset.ts'
import { recovered, recoveryWaiting, recoveryWaitingSms } from './recovery-notice.ts'

export const messageKinds = {
  invitation,
  password_reset: passwordReset,
  email_code: emailCode,
  recovery_code: recoveryCode,
  registration_code: registrationCode,
  account_exists: accountExists,
  sms_code: smsCode,
  account_deletion: accountDeletion,
  recovery_waiting: recoveryWaiting,
  recovery_waiting_sms: recoveryWaitingSms,
  recovered,
  email_changed: emailChanged,
  address_used: addressUsed,
  notice_new_device: newDevice,
  notice_password_changed: passwordChanged,
  notice_factor_added: factorAdded,
  notice_factor_removed: factorRemoved,
  notice_recovery_codes: recoveryCodesMade,
} as const satisfies Readonly<Record<string, EmailKind<unknown> | SmsKind<unknown>>>

type Kinds = typeof messageKinds
export type MessageKindName = keyof Kinds

/** A message of any kind, with the parameters of that kind: plain data. */
export type Message = {
  [Kind in MessageKindName]: { readonly kind: Kind; readonly params: Kinds[Kind]['example'] }
}[MessageKindName]
