/** Operations on what a person signs in with. */
import type { Operation } from '../../operation.ts'
import { deleteUserOtpCredential } from './delete-user-otp-credential.operation.ts'
import { deleteUserPasskey } from './delete-user-passkey.operation.ts'
import { deleteUserRecoveryCodes } from './delete-user-recovery-codes.operation.ts'
import { listUserFactors } from './list-user-factors.operation.ts'

export const factorOperations: readonly Operation[] = [
  listUserFactors,
  deleteUserPasskey,
  deleteUserOtpCredential,
  deleteUserRecoveryCodes,
]
