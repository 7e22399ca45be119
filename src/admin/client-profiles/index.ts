/** Operations on profiles: what a change of the deployment's would do. The profiles themselves are code. */
import type { Operation } from '../operation.ts'
import { checkClientProfile } from './check-client-profile.operation.ts'
import { getClientProfile } from './get-client-profile.operation.ts'

export const clientProfileOperations: readonly Operation[] = [getClientProfile, checkClientProfile]
