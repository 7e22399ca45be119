import { ok } from '../../kit/result.ts'
import { parseAcrValues } from '../../protocol/acr-values-parameter.ts'
import type { Check } from './check.ts'

/** OpenID Connect Core §3.1.2.1: wished classes of sign-ins. Unknown ones are ignored, as a wish may be. */
export const checkAcrValues: Check<{ readonly acr_values: readonly string[] }> = (_needs, { parameters }) =>
  ok({ acr_values: parseAcrValues(parameters.get('acr_values')) })
