import { ok } from '../../kit/result.ts'
import { type AskedDetails, checkAuthorizationDetails as checkDetails } from '../asked-details.ts'
import type { Check } from './check.ts'

/** RFC 9396 §5. */
export const checkAuthorizationDetails: Check<AskedDetails> = (needs, { parameters, client }) =>
  parameters.get('authorization_details') === undefined
    ? ok({ authorization_details: [], details_resources: [] })
    : checkDetails(needs, parameters, client)
