/** Operations on the pictures of the hosted pages. */
import type { Operation } from '../operation.ts'
import { deleteBrandImage } from './delete-brand-image.operation.ts'
import { getBrandImage } from './get-brand-image.operation.ts'
import { listBrandImages } from './list-brand-images.operation.ts'
import { uploadBrandImage } from './upload-brand-image.operation.ts'

export const brandingOperations: readonly Operation[] = [
  listBrandImages,
  getBrandImage,
  uploadBrandImage,
  deleteBrandImage,
]
