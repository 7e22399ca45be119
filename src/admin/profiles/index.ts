/** Operations on profiles: what a change of the deployment's would do. The profiles themselves are code. */
import type { Operation } from '../operation.ts'
import { checkProfile } from './check-profile.operation.ts'
import { getProfile } from './get-profile.operation.ts'

export const profileOperations: readonly Operation[] = [getProfile, checkProfile]
