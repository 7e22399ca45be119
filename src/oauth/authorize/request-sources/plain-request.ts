import { ok } from '../../../kit/result.ts'
import { plain } from '../../../protocol/request-provenance.ts'
import type { RequestSource } from './request-source.ts'

/** OAuth 2.1 §4.1.1: every parameter is in the query or the form. */
export const plainRequest: RequestSource = {
  name: 'plain',
  isNamedBy: () => true,
  resolve: async (_needs, { parameters }) => ok({ parameters, provenance: plain }),
}
