/** The sections of each page of an account, in their order. */
import type { Messages } from '../../messages/en.ts'
import type { AccountPageId } from '../navigation.tsx'
import type { AccountSection } from './account-section.ts'
import { applicationsSection } from './applications.tsx'
import { dataExportSection } from './data-export.tsx'
import { deletionSection } from './deletion.tsx'
import { devicesSection } from './devices.tsx'
import { historySection } from './history.tsx'
import { identifiersSection } from './identifiers.tsx'
import { oneTimePasswordsSection } from './one-time-passwords.tsx'
import { passkeysSection } from './passkeys.tsx'
import { passwordSection } from './password.tsx'
import { profileSection } from './profile.tsx'
import { recoveryCodesSection } from './recovery-codes.tsx'
import { rememberedDevicesSection } from './remembered-devices.tsx'
import { sessionsSection } from './sessions.tsx'

export const accountSections: Readonly<Record<AccountPageId, readonly AccountSection[]>> = {
  profile: [identifiersSection, profileSection],
  security: [passkeysSection, passwordSection, oneTimePasswordsSection, recoveryCodesSection, historySection],
  sessions: [sessionsSection, devicesSection, rememberedDevicesSection],
  applications: [applicationsSection],
  data: [dataExportSection, deletionSection],
}

/** The notices of all sections, by the value of `done`. */
export const accountNotices: Readonly<Record<string, (messages: Messages) => string>> = Object.assign(
  {},
  ...Object.values(accountSections)
    .flat()
    .map(({ notices }) => notices),
)
