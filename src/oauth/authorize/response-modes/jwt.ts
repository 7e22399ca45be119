import type { ResponseMode } from './define-mode.ts'
import { queryJwt } from './query-jwt.ts'

/** JARM §2.3.4: the default of the response type, which is the query for `code`. */
export const jwt: ResponseMode = { ...queryJwt, mode: 'jwt' }
