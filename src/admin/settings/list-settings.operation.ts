import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { allRows } from '../../db/json-row.ts'
import { settingNames } from '../../settings/settings.ts'
import { answer, defineOperation } from '../operation.ts'
import { settingViewSchemas, toSettingView } from './setting.ts'
import { settingRow } from './setting-change.store.ts'

const [first, ...others] = settingNames.map((name) => settingViewSchemas[name])
const anySetting = z.union([first as z.ZodType, ...others]).openapi('Setting')

export const listSettings = defineOperation({
  id: 'listSettings',
  method: 'get',
  path: '/admin/settings',
  tag: 'Settings',
  summary: 'List settings',
  description: 'Rate limits are settings too and have operations of their own.',
  permission: 'admin:settings:read',
  answers: {
    200: {
      description: 'All settings with what is in force',
      schema: z.object({ items: z.array(anySetting) }).openapi('SettingList'),
    },
  },
  async run({ db }) {
    const rows = allRows(settingRow, await db.run(sql`select ${settingRow.json} as row from settings`))
    const stored = new Map(rows.map((row) => [row.name, row]))
    return answer(200, { items: settingNames.map((name) => toSettingView(name, stored.get(name))) })
  },
})
