/** Pictures of the hosted pages as the API shows them. The picture itself is at its address, which needs no token. */
import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { brandImageNames, imagePath, imageTypes } from '../../branding/brand-image.ts'
import { builtRow } from '../../db/json-row.ts'

export const brandImageParams = z.object({
  name: z.enum(brandImageNames).openapi({
    description: '`logo`; `logo_dark` replaces it where people prefer dark pages.',
    example: 'logo',
  }),
})

const row = z.object({
  name: z.enum(brandImageNames),
  content_type: z.enum(imageTypes),
  size: z.number(),
  digest: z.string(),
  version: z.number(),
  updated_at: z.string(),
})

/** Without the content, which nobody needs here. */
export const brandImageRow = builtRow(
  sql`jsonb_build_object('name', name, 'content_type', content_type, 'size', octet_length(decode(content, 'base64')),
    'digest', digest, 'version', version, 'updated_at', updated_at)`,
  row,
)

export const brandImageView = z
  .object({
    name: z.enum(brandImageNames),
    content_type: z.enum(imageTypes),
    size: z.number().int().openapi({ description: 'Bytes', example: 5120 }),
    digest: z.string().openapi({ description: 'SHA-256 of the content, base64url' }),
    url: z.string().openapi({ description: 'Where the hosted pages load it from' }),
    updated_at: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('BrandImage')

export function toBrandImageView(
  image: z.output<typeof row>,
  issuer: string,
): z.input<typeof brandImageView> {
  const { version: _, ...shown } = image
  return {
    ...shown,
    url: issuer + imagePath(image.name, image),
    updated_at: new Date(image.updated_at).toISOString(),
  }
}
