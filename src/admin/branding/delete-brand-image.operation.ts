import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { selectSettings, toLoadedSettings } from '../../settings/settings.store.ts'
import { settingsCacheKey } from '../../settings/settings.ts'
import { deleteEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { brandImageParams } from './brand-image-view.ts'

export const deleteBrandImage = defineOperation({
  id: 'deleteBrandImage',
  method: 'delete',
  path: '/admin/branding/images/{name}',
  tag: 'Branding',
  summary: 'Take a picture off the hosted pages',
  description: 'The pages show what stands in for it: without a logo our own, without a dark one the other.',
  permission: 'admin:settings:write',
  dangerous: true,
  params: brandImageParams,
  answers: { 204: { description: 'It is gone' } },
  async run({ db, deps, event, params: { name } }) {
    const [deleted, settings] = await db.runAll([
      deleteEntity({
        table: 'brand_images',
        key: { name },
        expectedVersions: undefined,
        event: event('brand_image.deleted', { entity_type: 'brand_image', entity_id: name }),
        hidden: ['content'],
      }),
      selectSettings,
    ])
    await renewCache(deps.edgeCache, settingsCacheKey, toLoadedSettings(settings ?? []))
    return deleted?.length ? answer(204) : err(notFound)
  },
})
