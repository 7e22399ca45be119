/** Uploaded pictures of a deployment: which there are, and which files are accepted. */
import { z } from 'zod'

export const brandImageNames = ['logo', 'logo_dark'] as const
export type BrandImageName = (typeof brandImageNames)[number]

/** Media type and extension of what we serve. No SVG: it is a document that can hold scripts and load others. */
export const imageExtensions = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const
export type ImageType = keyof typeof imageExtensions
export const imageTypes = Object.keys(imageExtensions) as ImageType[]

/** A logo is a few kilobytes; every page loads it. */
export const maxImageBytes = 65_536
/** Enough for the largest screens: a logo is shown 40 pixels high. */
export const maxImageSide = 1024

export interface BrandImage {
  /** SHA-256 of the content, base64url. */
  readonly digest: string
  readonly content_type: ImageType
}

export type BrandImages = Readonly<Partial<Record<BrandImageName, BrandImage>>>

const brandImage = z.object({ digest: z.string().regex(/^[\w-]{43}$/), content_type: z.enum(imageTypes) })
const brandImages = z.partialRecord(z.enum(brandImageNames), brandImage)

/** The pictures among what is stored; invalid ones count as not there. */
export function readBrandImages(stored: unknown): BrandImages {
  const parsed = brandImages.safeParse(stored ?? {})
  return parsed.success ? parsed.data : {}
}

/** `/assets/logo.<digest>.png`: the address names the content, so that it can be cached for ever. */
export const imagePath = (name: BrandImageName, { digest, content_type }: BrandImage): string =>
  `/assets/${name}.${digest}.${imageExtensions[content_type]}`

/** The content as base64, from the edge cache; `undefined` when there is none with this digest. */
export type LoadBrandImage = (digest: string) => Promise<string | undefined>

/** Cache key of a picture, which never changes. */
export const brandImageCacheKey = (digest: string): string => `brand_image:${digest}`
