/** Pictures of the hosted pages as Postgres returns them. */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { brandImageNames, imageTypes } from '../../branding/brand-image.ts'
import { builtRow, type JsonRow } from '../../db/json-row.ts'
import type { BrandImageRow } from './brand-image-view.ts'

const row = z.object({
  name: z.enum(brandImageNames),
  content_type: z.enum(imageTypes),
  size: z.number(),
  digest: z.string(),
  version: z.number(),
  updated_at: z.string(),
})

/** Without the content, which nobody needs here. */
export const brandImageRow: JsonRow<BrandImageRow> = builtRow(
  sql`jsonb_build_object('name', name, 'content_type', content_type, 'size', octet_length(decode(content, 'base64')),
    'digest', digest, 'version', version, 'updated_at', updated_at)`,
  row,
)
