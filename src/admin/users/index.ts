/** Operations on accounts. The order matters where a literal path segment could be read as an id. */
import type { Operation } from '../operation.ts'
import { countUsers } from './count-users.operation.ts'
import { createUser } from './create-user.operation.ts'
import { deleteUser } from './delete-user.operation.ts'
import { disableUser } from './disable-user.operation.ts'
import { enableUser } from './enable-user.operation.ts'
import { factorOperations } from './factors/index.ts'
import { forgetRememberedDevice } from './forget-remembered-device.operation.ts'
import { forgetRememberedDevices } from './forget-remembered-devices.operation.ts'
import { getUser } from './get-user.operation.ts'
import { listIdentifierCollisions } from './list-identifier-collisions.operation.ts'
import { listRememberedDevices } from './list-remembered-devices.operation.ts'
import { listUserConsents } from './list-user-consents.operation.ts'
import { listUserSessions } from './list-user-sessions.operation.ts'
import { listUsers } from './list-users.operation.ts'
import { pendingSignInOperations } from './pending-sign-ins/index.ts'
import { resetPassword } from './reset-password.operation.ts'
import { revokeUserConsent } from './revoke-user-consent.operation.ts'
import { revokeUserSession } from './revoke-user-session.operation.ts'
import { revokeUserSessions } from './revoke-user-sessions.operation.ts'
import { setUserRoles } from './set-user-roles.operation.ts'
import { unlockUser } from './unlock-user.operation.ts'
import { updateUser } from './update-user.operation.ts'

export const userOperations: readonly Operation[] = [
  listUsers,
  countUsers,
  listIdentifierCollisions,
  createUser,
  getUser,
  updateUser,
  deleteUser,
  disableUser,
  enableUser,
  unlockUser,
  resetPassword,
  setUserRoles,
  ...factorOperations,
  listUserSessions,
  revokeUserSession,
  revokeUserSessions,
  listRememberedDevices,
  forgetRememberedDevice,
  forgetRememberedDevices,
  ...pendingSignInOperations,
  listUserConsents,
  revokeUserConsent,
]
