/** Headers of the public documents: discovery and keys. */

import { crossOriginHeaders } from '../kit/cross-origin.ts'

/** Shorter than the time a key is published before it signs (`AUTHLY_KEY_PREPUBLISH_SECONDS`). */
export const publicMaxAgeSeconds = 300

export const publicJsonHeaders = new Headers({
  'content-type': 'application/json;charset=UTF-8',
  'cache-control': `public, max-age=${publicMaxAgeSeconds}, stale-while-revalidate=60`,
  ...crossOriginHeaders,
  'x-content-type-options': 'nosniff',
})
