import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { settingNames } from '../../settings/settings.ts'
import { answer, defineOperation } from '../operation.ts'
import { type SettingRow, settingViewSchemas, toSettingView } from './setting.ts'

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
    const rows = await db.run<{ setting: SettingRow }>(
      sql`select to_jsonb(settings) as setting from settings`,
    )
    const stored = new Map(rows.map(({ setting }) => [setting.name, setting]))
    return answer(200, { items: settingNames.map((name) => toSettingView(name, stored.get(name))) })
  },
})
