import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { allRows } from '../../db/json-row.ts'
import { answer, defineOperation } from '../operation.ts'
import { brandImageRow } from './brand-image-row.store.ts'
import { brandImageView, toBrandImageView } from './brand-image-view.ts'

export const listBrandImages = defineOperation({
  id: 'listBrandImages',
  method: 'get',
  path: '/admin/branding/images',
  tag: 'Branding',
  summary: 'List the pictures of the hosted pages',
  description: 'Name, colours and links are settings: `branding.*`.',
  permission: 'admin:settings:read',
  answers: {
    200: {
      description: 'Those that were uploaded',
      schema: z.object({ items: z.array(brandImageView) }).openapi('BrandImageList'),
    },
  },
  async run({ db, deps }) {
    const rows = await db.run(sql`select ${brandImageRow.json} as row from brand_images order by name`)
    const items = allRows(brandImageRow, rows).map((image) => toBrandImageView(image, deps.config.issuer))
    return answer(200, { items })
  },
})
