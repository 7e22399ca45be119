import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { readAt } from '../../evidence/read-at.store.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
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
    description: 'With `at`: as it was then, rebuilt from the audit trail, without ETag and `updated_at`.',
    permission: 'admin:settings:read',
    query: z.object({ at: timestampInput('A past time').optional() }),
    answers: { 200: { description: 'The setting', schema: settingViewSchemas[name], versioned: true } },
    async run({ db, query: { at } }) {
      if (at !== undefined) {
        const select = sql`select to_jsonb(settings) as row from settings where name = ${name}`
        const past = await readAt<SettingRow>(db, { entityType: 'setting', entityId: name, select, at })
        return answer(200, { ...toSettingView(name, past && { ...past, updated_at: at }), updated_at: null })
      }
      const [row] = await db.run<{ setting: SettingRow }>(selectSetting(name))
      return answer(200, toSettingView(name, row?.setting), { version: row?.setting.version ?? 0 })
    },
  })

/** One operation for each setting, so that the OpenAPI document shows exactly what each may be. */
export const getSettings: readonly Operation[] = settingNames.map(getSetting)
