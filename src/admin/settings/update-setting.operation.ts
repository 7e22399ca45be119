import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { selectSettings, toLoadedSettings } from '../../settings/settings.store.ts'
import { type SettingName, settingNames, settingSchemas, settingsCacheKey } from '../../settings/settings.ts'
import { checkSelfExclusion } from '../check-self-exclusion.ts'
import { answer, defineOperation, type Operation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { pascalOf, settingViewSchemas, toSettingView, valueSchemaOf } from './setting.ts'
import { changeSetting, settingOutcome } from './setting-change.store.ts'

const updateSetting = (name: SettingName): Operation =>
  defineOperation({
    id: `updateSetting${pascalOf(name)}`,
    method: 'patch',
    path: `/admin/settings/${name}`,
    tag: 'Settings',
    summary: `Change the setting ${name}`,
    description: `${settingSchemas[name].description} \`value\` replaces the old one as a whole; \`null\` brings back the default.`,
    permission: 'admin:settings:write',
    dangerous: true,
    conditional: true,
    body: z.strictObject({ value: valueSchemaOf(name).nullable() }).openapi(`Setting${pascalOf(name)}Patch`),
    answers: {
      200: { description: 'The setting as it is now', schema: settingViewSchemas[name], versioned: true },
    },
    async run({ actor, body, db, deps, event, expectedVersions, origin }) {
      const { value } = body
      const changed = value === null ? {} : { [name]: value }
      const current = await deps.readSettings()
      const faults = checkSelfExclusion(changed, current, { actor, origin }, () => '#/value')
      if (faults.length > 0) {
        // Who may not change it learns nothing else.
        await db.run(sql`select 1`)
        return err(invalidRequest(faults))
      }
      const rows = await db.runAll([
        ...changeSetting({
          ...{ name, value, expectedVersions },
          event: event('setting.updated', { entity_type: 'setting', entity_id: name }),
        }),
        selectSettings,
      ])
      const written = settingOutcome(rows)
      if (!written.ok) return written
      await renewCache(deps.edgeCache, settingsCacheKey, toLoadedSettings(rows[2] ?? []))
      return answer(200, toSettingView(name, written.value), { version: written.value?.version ?? 0 })
    },
  })

/** One operation per setting, so that the OpenAPI document shows exactly which values each accepts. */
export const updateSettings: readonly Operation[] = settingNames.map(updateSetting)
