import { sql } from 'drizzle-orm'
import { imageTypes, maxImageBytes } from '../../branding/brand-image.ts'
import { firstRow } from '../../db/json-row.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { selectSettings, toLoadedSettings } from '../../settings/settings.store.ts'
import { settingsCacheKey } from '../../settings/settings.ts'
import { recordChange } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { brandImageRow } from './brand-image-row.store.ts'
import { brandImageParams, brandImageView, toBrandImageView } from './brand-image-view.ts'
import { readUpload } from './read-upload.ts'

export const uploadBrandImage = defineOperation({
  id: 'uploadBrandImage',
  method: 'put',
  path: '/admin/branding/images/{name}',
  tag: 'Branding',
  summary: 'Upload a picture of the hosted pages',
  description:
    'A still PNG, JPEG or WebP of at most 64 KiB and 1024 by 1024 pixels; what it is decides its content. It replaces the one of before. Pages show it 40 pixels high.',
  permission: 'admin:settings:write',
  dangerous: true,
  params: brandImageParams,
  upload: { contentTypes: imageTypes, maxBytes: maxImageBytes },
  answers: { 200: { description: 'What is shown from now on', schema: brandImageView } },
  async run({ db, deps, event, params: { name }, request }) {
    const upload = await readUpload(request)
    if (!upload.ok) return upload
    const { content, content_type, digest, width, height } = upload.value
    const updated = event('brand_image.updated', {
      ...{ entity_type: 'brand_image', entity_id: name },
      data: { width, height },
    })
    // No event shows the content: its digest says which it was.
    const rows = await db.runAll([
      sql`with current as materialized (select * from brand_images where name = ${name} for update),
        changed as (
          insert into brand_images (name, content_type, content, digest)
          values (${name}, ${content_type}, ${content}, ${digest})
          on conflict (name) do update set content_type = excluded.content_type, content = excluded.content,
            digest = excluded.digest, version = brand_images.version + 1, updated_at = now()
          where brand_images.digest <> excluded.digest
          returning *
        ), recorded as (${recordChange(
          updated,
          sql`coalesce((select to_jsonb(current) - 'content' from current), '{}')`,
          sql`to_jsonb(changed) - 'content'`,
          sql`changed`,
        )})
        select 1 from changed`,
      sql`select ${brandImageRow.json} as row from brand_images where name = ${name}`,
      selectSettings,
    ])
    await renewCache(deps.edgeCache, settingsCacheKey, toLoadedSettings(rows[2] ?? []))
    const image = firstRow(brandImageRow, rows[1])
    return image ? answer(200, toBrandImageView(image, deps.config.issuer)) : err(notFound)
  },
})
