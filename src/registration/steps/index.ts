/** The steps of making an account, in order. */
import type { Settings } from '../../settings/settings.ts'
import type { RegistrationProgress } from '../registration-progress.ts'
import { address } from './address.step.tsx'
import { code } from './code.step.tsx'
import { credential } from './credential.step.tsx'
import { details } from './details.step.tsx'
import type { RegistrationStep } from './registration-step.ts'

const steps: readonly RegistrationStep[] = [address, code, details, credential]

/** The first one that is not done. */
export const dueStep = (progress: RegistrationProgress, settings: Settings): RegistrationStep =>
  steps.find((step) => !step.isDone(progress, settings)) ?? credential
