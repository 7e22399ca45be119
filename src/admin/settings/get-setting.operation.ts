import { z } from '@hono/zod-openapi'
import { firstRow } from '../../db/json-row.ts'
import { readAt } from '../../evidence/past-state/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { type SettingName, settingNames } from '../../settings/settings.ts'
import { answer, defineOperation, type Operation } from '../operation.ts'
import { pascalOf, settingViewSchemas, toSettingView } from './setting.ts'
import { selectSetting, settingRow } from './setting-change.store.ts'

const getSetting = (name: SettingName): Operation =>
  defineOperation({
    id: `getSetting${pascalOf(name)}`,
    method: 'get',
    path: `/admin/settings/${name}`,
    tag: 'Settings',
    summary: `Read the setting ${name}`,
    description: 'With `at`: as it was then, rebuilt from the audit trail, without ETag and `updated_at`.',
    permission: 'admin:settings:read',
    query: z.object({ at: timestampInput('As it was at this time').optional() }),
    answers: { 200: { description: 'The setting', schema: settingViewSchemas[name], versioned: true } },
    async run({ db, query: { at } }) {
      if (at !== undefined) {
        const past = await readAt(db, {
          ...{ entityType: 'setting', entityId: name, select: selectSetting(name), at },
        })
        const row = past && { ...settingRow.read(past), updated_at: new Date(at) }
        return answer(200, { ...toSettingView(name, row), updated_at: null })
      }
      const row = firstRow(settingRow, await db.run(selectSetting(name)))
      return answer(200, toSettingView(name, row), { version: row?.version ?? 0 })
    },
  })

/** One operation per setting, so that the OpenAPI document shows exactly which values each accepts. */
export const getSettings: readonly Operation[] = settingNames.map(getSetting)
