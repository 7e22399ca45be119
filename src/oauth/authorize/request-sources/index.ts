/**
 * Where the parameters of an authorization request come from, in the order in which they are looked for. A new source
 * is one file and one row here.
 */
import type { Columns } from '../endpoint.ts'
import { plainRequest } from './plain-request.ts'
import { pushedRequest } from './pushed-request.ts'
import { referencedObject } from './referenced-object.ts'
import { requestObject } from './request-object.ts'
import type { RequestSource } from './request-source.ts'

const taken = true
const refused = false

// biome-ignore format: a matrix, read by columns
export const requestSources: readonly (Columns & { readonly source: RequestSource })[] = [
  { source: pushedRequest,    authorize: taken, par: refused },
  { source: referencedObject, authorize: taken, par: refused },
  { source: requestObject,    authorize: taken, par: taken   },
  { source: plainRequest,     authorize: taken, par: taken   },
]
