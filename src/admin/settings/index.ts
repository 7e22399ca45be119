/** Operations on settings. A new setting is one entry in src/settings/settings.ts. */
import type { Operation } from '../operation.ts'
import { getSettings } from './get-setting.operation.ts'
import { listSettings } from './list-settings.operation.ts'
import { updateSettings } from './update-setting.operation.ts'

export const settingOperations: readonly Operation[] = [listSettings, ...getSettings, ...updateSettings]
