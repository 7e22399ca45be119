import type { ResponseMode } from './define-mode.ts'
import { formPost } from './form-post.ts'

/** JARM §2.3.3. */
export const formPostJwt: ResponseMode = { ...formPost, mode: 'form_post.jwt', signed: true }
