import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { brandImageRow } from './brand-image-row.store.ts'
import { brandImageParams, brandImageView, toBrandImageView } from './brand-image-view.ts'

export const getBrandImage = defineOperation({
  id: 'getBrandImage',
  method: 'get',
  path: '/admin/branding/images/{name}',
  tag: 'Branding',
  summary: 'Read a picture of the hosted pages',
  description: 'What is stored of it, and the address at which the pages show it.',
  permission: 'admin:settings:read',
  params: brandImageParams,
  answers: {
    200: { description: 'What was uploaded; the picture itself is at `url`', schema: brandImageView },
  },
  async run({ db, deps, params }) {
    const rows = await db.run(
      sql`select ${brandImageRow.json} as row from brand_images where name = ${params.name}`,
    )
    const image = firstRow(brandImageRow, rows)
    return image ? answer(200, toBrandImageView(image, deps.config.issuer)) : err(notFound)
  },
})
