/** Reads an uploaded picture and checks that it is one. */
import { type ImageType, imageTypes, maxImageBytes, maxImageSide } from '../../branding/brand-image.ts'
import { readImageHeader } from '../../branding/read-image-header.ts'
import { toBase64 } from '../../kit/base64.ts'
import { encodeBase64Url } from '../../kit/base64url.ts'
import type { Problem } from '../../kit/problem.ts'
import { readBytes } from '../../kit/read-body.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { bodyTooLarge, invalidRequest } from '../problems.ts'

export interface UploadedImage {
  readonly content_type: ImageType
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** base64. */
  readonly content: string
  /** SHA-256 of the bytes, base64url. */
  readonly digest: string
}

/** What the bytes say counts: a file of another kind under a picture's media type is refused. */
export async function readUpload(request: Request): Promise<Result<UploadedImage, Problem>> {
  const bytes = await readBytes(request.body, maxImageBytes)
  if (!bytes) return err(bodyTooLarge(maxImageBytes))
  const header = readImageHeader(bytes)
  if (!header) return refuse(`must be a still picture: ${imageTypes.join(', ')}`)
  const declared = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (declared !== header.type) return refuse(`is ${header.type}, not what the media type says`)
  if (Math.max(header.width, header.height) > maxImageSide) {
    return refuse(
      `is ${header.width} by ${header.height} pixels; at most ${maxImageSide} by ${maxImageSide} are accepted`,
    )
  }
  return ok({
    content_type: header.type,
    width: header.width,
    height: header.height,
    content: toBase64(bytes),
    digest: encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))),
  })
}

const refuse = (detail: string) => err(invalidRequest([{ pointer: '', detail }]))
