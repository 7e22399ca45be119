/** The sections of the account page, in their order. */
import type { Messages } from '../../messages/en.ts'
import type { AccountSection } from './account-section.ts'
import { devicesSection } from './devices.tsx'
import { emailSection } from './email.tsx'
import { oneTimePasswordsSection } from './one-time-passwords.tsx'
import { passkeysSection } from './passkeys.tsx'
import { passwordSection } from './password.tsx'
import { recoveryCodesSection } from './recovery-codes.tsx'
import { rememberedDevicesSection } from './remembered-devices.tsx'
import { sessionsSection } from './sessions.tsx'

export const accountSections: readonly AccountSection[] = [
  passkeysSection,
  passwordSection,
  emailSection,
  oneTimePasswordsSection,
  recoveryCodesSection,
  sessionsSection,
  devicesSection,
  rememberedDevicesSection,
]

/** The notices of all sections, by the value of `done`. */
export const accountNotices: Readonly<Record<string, (messages: Messages) => string>> = Object.assign(
  {},
  ...accountSections.map(({ notices }) => notices),
)
