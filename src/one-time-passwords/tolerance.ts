/** The tolerance for codes that administrators have set. */
import type { OtpTolerance } from './match-code.ts'

/** The settings (`src/settings/settings.ts`) it consists of. */
export interface OtpSettings {
  readonly 'one_time_passwords.drift_steps': number
  readonly 'one_time_passwords.look_ahead': number
}

export const otpToleranceOf = (settings: OtpSettings): OtpTolerance => ({
  drift_steps: settings['one_time_passwords.drift_steps'],
  look_ahead: settings['one_time_passwords.look_ahead'],
})
