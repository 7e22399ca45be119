/**
 * The checks of an authorization request, in order, and the endpoints where each runs. Checks before the
 * `RedirectTarget` refuse locally; those in `stages` respond at the client's redirect URI, or where the client itself
 * asks. A new check is one file and one row here.
 */
import type { Client } from '../../clients/client.ts'
import { maxInteractionParametersLength } from '../../interaction/interaction.ts'
import { err, type Result } from '../../kit/result.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal } from '../../protocol/refusal.ts'
import type { Provenance } from '../../protocol/request-provenance.ts'
import type { Check, CheckInput, CheckNeeds } from './check.ts'
import { checkAcrValues } from './check-acr-values.ts'
import { checkClaims } from './check-claims.ts'
import { checkDisplay } from './check-display.ts'
import { checkDpopJkt } from './check-dpop-jkt.ts'
import { checkDuplicates } from './check-duplicates.ts'
import { checkMaxAge } from './check-max-age.ts'
import { checkNonce } from './check-nonce.ts'
import { checkPkce } from './check-pkce.ts'
import { checkPrompt } from './check-prompt.ts'
import { checkPushed } from './check-pushed.ts'
import { checkRegistration } from './check-registration.ts'
import { checkResource } from './check-resource.ts'
import { checkResponseType } from './check-response-type.ts'
import { checkScope } from './check-scope.ts'
import { checkSigned } from './check-signed.ts'
import { checkSubjectHint } from './check-subject-hint.ts'
import type { Columns, RequestEndpoint } from './endpoint.ts'
import { firstRepeated } from './identify-client.ts'
import { checkRedirectUri, type RedirectTarget } from './redirect-target.ts'

const runs = true
const skips = false

// biome-ignore format: a matrix, read by columns
export const stages = [
  { check: checkDuplicates,   authorize: runs, par: runs  },
  { check: checkPushed,       authorize: runs, par: skips },
  { check: checkSigned,       authorize: runs, par: runs  },
  { check: checkRegistration, authorize: runs, par: runs  },
  { check: checkResponseType, authorize: runs, par: runs  },
  { check: checkScope,        authorize: runs, par: runs  },
  { check: checkPkce,         authorize: runs, par: runs  },
  { check: checkNonce,        authorize: runs, par: runs  },
  { check: checkDpopJkt,      authorize: runs, par: runs  },
  { check: checkPrompt,       authorize: runs, par: runs  },
  { check: checkMaxAge,       authorize: runs, par: runs  },
  { check: checkAcrValues,    authorize: runs, par: runs  },
  { check: checkClaims,       authorize: runs, par: runs  },
  { check: checkResource,     authorize: runs, par: runs  },
  { check: checkDisplay,      authorize: runs, par: runs  },
  { check: checkSubjectHint,  authorize: runs, par: runs  },
] as const satisfies readonly (Columns & { readonly check: Check<object> })[]

type PartOf<Stage> = Stage extends Check<infer Part> ? Part : never
type Intersect<Union> = (Union extends unknown ? (part: Union) => void : never) extends (
  part: infer All,
) => void
  ? All
  : never

/** A validated request: the combined results of all stages. */
export type AuthorizeRequest = Intersect<PartOf<(typeof stages)[number]['check']>> & {
  readonly client: Client
  readonly target: RedirectTarget
  readonly parameters: Parameters
  readonly provenance: Provenance
}

export type CheckedAuthorize =
  | { readonly kind: 'request'; readonly request: AuthorizeRequest }
  | { readonly kind: 'redirect'; readonly target: RedirectTarget; readonly refusal: OAuthRefusal }
  | { readonly kind: 'local'; readonly refusal: OAuthRefusal }

/** Runs the checks of `endpoint`. */
export async function checkAuthorizeRequest(
  needs: CheckNeeds,
  endpoint: RequestEndpoint,
  input: CheckInput,
): Promise<CheckedAuthorize> {
  const validated = checkTarget(input)
  if (!validated.ok) return { kind: 'local', refusal: validated.error }
  const target = validated.value
  const request = { ...input, target }
  for (const stage of stages) {
    if (!stage[endpoint]) continue
    const outcome = stage.check(needs, input)
    const checked = outcome instanceof Promise ? await outcome : outcome
    if (!checked.ok) return { kind: 'redirect', target, refusal: checked.error }
    Object.assign(request, checked.value)
  }
  return { kind: 'request', request: request as AuthorizeRequest }
}

/** Validates the redirect URI: until it is valid, nothing may be sent anywhere. */
export function checkTarget({
  parameters,
  client,
}: Pick<CheckInput, 'parameters' | 'client'>): Result<RedirectTarget, OAuthRefusal> {
  if (parameters.encoded.length > maxInteractionParametersLength) {
    return err(invalidRequest('the request is too long'))
  }
  const repeated = firstRepeated(parameters, ['client_id', 'redirect_uri', 'state', 'response_mode'])
  return repeated ? err(repeated) : checkRedirectUri(parameters, client)
}
