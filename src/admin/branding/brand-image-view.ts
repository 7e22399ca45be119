/** Pictures of the hosted pages as the API shows them. The picture itself is at its address, which needs no token. */
import { z } from '@hono/zod-openapi'
import {
  type BrandImage,
  type BrandImageName,
  brandImageNames,
  imagePath,
  imageTypes,
} from '../../branding/brand-image.ts'

/** What is stored, without the content, which nobody needs here. */
export interface BrandImageRow extends BrandImage {
  readonly name: BrandImageName
  /** Bytes. */
  readonly size: number
  readonly version: number
  readonly updated_at: string
}

export const brandImageParams = z.object({
  name: z.enum(brandImageNames).openapi({
    description: '`logo`; `logo_dark` replaces it where people prefer dark pages.',
    example: 'logo',
  }),
})

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

export function toBrandImageView(image: BrandImageRow, issuer: string): z.input<typeof brandImageView> {
  const { version: _, ...shown } = image
  return {
    ...shown,
    url: issuer + imagePath(image.name, image),
    updated_at: new Date(image.updated_at).toISOString(),
  }
}
