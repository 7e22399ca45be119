/** Operations on sign-ins in progress. */
import type { Operation } from '../../operation.ts'
import { endPendingSignIn } from './end-pending-sign-in.operation.ts'
import { endPendingSignIns } from './end-pending-sign-ins.operation.ts'
import { listPendingSignIns } from './list-pending-sign-ins.operation.ts'

export const pendingSignInOperations: readonly Operation[] = [
  listPendingSignIns,
  endPendingSignIn,
  endPendingSignIns,
]
