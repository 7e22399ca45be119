import { type SettingName, settingNames } from '../../settings/settings.ts'
import { answer, defineOperation, type Operation } from '../operation.ts'
import { pascalOf, type SettingRow, settingViewSchemas, toSettingView } from './setting.ts'
import { selectSetting } from './setting-change.store.ts'

const getSetting = (name: SettingName): Operation =>
  defineOperation({
    id: `getSetting${pascalOf(name)}`,
    method: 'get',
    path: `/admin/settings/${name}`,
    tag: 'Settings',
    summary: `Read the setting ${name}`,
    permission: 'admin:settings:read',
    answers: { 200: { description: 'The setting', schema: settingViewSchemas[name], versioned: true } },
    async run({ db }) {
      const [row] = await db.run<{ setting: SettingRow }>(selectSetting(name))
      return answer(200, toSettingView(name, row?.setting), { version: row?.setting.version ?? 0 })
    },
  })

/** One operation for each setting, so that the OpenAPI document shows exactly what each may be. */
export const getSettings: readonly Operation[] = settingNames.map(getSetting)
