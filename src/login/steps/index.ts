/** The steps of signing in. Of several factors that would do, the first one is shown and the others are offered. */
import { supportedClasses } from '../../authentication/acr.ts'
import { addPasskey } from './add-passkey.step.tsx'
import { changePassword } from './change-password.step.tsx'
import { emailCode } from './email-code.step.tsx'
import { identifier } from './identifier.step.tsx'
import { keepAccount } from './keep-account.step.tsx'
import { lostFactors } from './lost-factors.step.tsx'
import { makeRoom } from './make-room.step.tsx'
import { passkey } from './passkey.step.tsx'
import { password } from './password.step.tsx'
import { recoveryCode } from './recovery-code.step.tsx'
import { setUpFactor } from './set-up-factor.step.tsx'
import { smsCode } from './sms-code.step.tsx'
import type { Step } from './step.ts'
import { totp } from './totp.step.tsx'

export const steps: readonly Step[] = [
  identifier,
  password,
  emailCode,
  passkey,
  totp,
  smsCode,
  recoveryCode,
  keepAccount,
  lostFactors,
  setUpFactor,
  changePassword,
  makeRoom,
  addPasskey,
]

export const findStep = (id: string | undefined): Step | undefined => steps.find((step) => step.id === id)

/** `acr_values_supported` (OpenID Connect Discovery §3): what the steps reach together. */
export const reachableClasses = (list: readonly Step[] = steps): readonly string[] =>
  supportedClasses(list.flatMap(({ proves }) => proves))
