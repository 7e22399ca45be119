import type { ResponseMode } from './define-mode.ts'
import { query } from './query.ts'

/** JARM §2.3.1. */
export const queryJwt: ResponseMode = { ...query, mode: 'query.jwt', signed: true }
