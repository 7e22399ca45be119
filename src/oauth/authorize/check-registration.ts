import { err, ok } from '../../kit/result.ts'
import { refuse } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

/** OpenID Connect Core §3.1.2.6: better an error than parameters that are ignored unnoticed. */
export const checkRegistration: Check<object> = (_needs, { parameters }) =>
  parameters.get('registration')
    ? err(refuse('registration_not_supported', 'registration is not supported'))
    : ok({})
