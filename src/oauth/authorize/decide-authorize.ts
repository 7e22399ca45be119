/**
 * Decides the next step of an authorization request (OpenID Connect Core §3.1.2.3, §3.1.2.4). Pure, so that every
 * combination of prompt, session, age and consent is a row in a test table.
 */
import { knownClasses, satisfies } from '../../authentication/acr.ts'
import { isConfidential } from '../../clients/client.ts'
import { isForSameClient } from '../../consents/consent.ts'
import type { Interaction } from '../../interaction/interaction.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import { isWithin } from '../../protocol/scope-parameter.ts'
import type { LiveSession } from '../../sessions/session.ts'
import type { RememberedConsent } from '../../sessions/subject-state.ts'
import type { LimitedRequest } from './limit-to-roles.ts'
import type { AuthorizeRequest } from './stages.ts'

export type Progress = Pick<Interaction, 'started_at' | 'prompt_done' | 'session_id' | 'denied' | 'unmet'>

export interface AuthorizeSituation {
  readonly request: LimitedRequest
  /** The browser's live session. */
  readonly session: LiveSession | undefined
  /** The subject by which this client knows the session's user. */
  readonly sub: string | undefined
  /** Consent given before; undefined if none. */
  readonly consent: RememberedConsent | undefined
  /** The client is signed in to by as many other sessions of this person as it may be, and none of them ends by itself. */
  readonly is_client_full?: boolean | undefined
  /** Of each list the session must reach one class, or a stronger one (deployment, client, essential `acr`). */
  readonly required_acr_values: readonly (readonly string[])[]
  /** Of this one it may. */
  readonly wanted_acr_values: readonly string[]
  /** Whether people can make an account on their way to this client. */
  readonly registers?: boolean | undefined
  /** What the user has done so far, when the request is resumed from the hosted pages. */
  readonly progress: Progress | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

export type AuthorizeDecision =
  | { readonly next: 'issue'; readonly session: LiveSession; readonly sub: string }
  | { readonly next: 'login'; readonly because?: Interaction['login_because'] }
  | { readonly next: 'password' | 'select_account' | 'sessions_full' | 'register' }
  /** Only the user of this session may be asked. */
  | { readonly next: 'consent'; readonly session: LiveSession }
  | { readonly next: 'refuse'; readonly refusal: OAuthRefusal }

const refused = (refusal: OAuthRefusal): AuthorizeDecision => ({ next: 'refuse', refusal })

/** Decides the next step. */
export function decideAuthorize(situation: AuthorizeSituation): AuthorizeDecision {
  const { request, session, sub, progress } = situation
  const silent = request.prompt.has('none')
  if (progress?.denied) return refused(refuse('access_denied', 'the person did not agree'))
  if (progress?.unmet) return refused(unmetRequirements)
  if (request.prompt.has('create') && !(session && hasJustSignedIn(session, progress))) {
    // Initiating User Registration §4.1.1: an unsupported value of `prompt` is an error.
    return situation.registers ? { next: 'register' } : refused(invalidRequest('nobody can register here'))
  }
  if (!session || sub === undefined) return silent ? refused(loginRequired) : { next: 'login' }
  if (session.password_change_required) return silent ? refused(loginRequired) : { next: 'password' }

  const justSignedIn = hasJustSignedIn(session, progress)
  if (!justSignedIn && needsLogin(situation, session)) {
    return silent ? refused(loginRequired) : { next: 'login', because: 'again' }
  }
  if (request.prompt.has('select_account') && !justSignedIn && !progress?.prompt_done.select_account) {
    return { next: 'select_account' }
  }
  const wantedSub = request.hintedSub ?? request.claims.sub
  if (wantedSub !== undefined && wantedSub !== sub) {
    // Another sign-in will not help when the user has just chosen this account.
    return silent || justSignedIn ? refused(loginRequired) : { next: 'login', because: 'other_account' }
  }
  const stronger = needsStronger(situation, session)
  if (stronger) return stronger
  if (situation.is_client_full) {
    const refusal = refuse('interaction_required', 'the person is signed in to the client elsewhere')
    return silent ? refused(refusal) : { next: 'sessions_full' }
  }
  if (needsConsent(situation)) {
    return silent ? refused(refuse('consent_required', 'consent is required')) : { next: 'consent', session }
  }
  return { next: 'issue', session, sub }
}

const loginRequired = refuse('login_required', 'sign-in is required')
const unmetRequirements = refuse(
  'unmet_authentication_requirements',
  'the requested authentication context cannot be reached',
)

/** Asks once for what the session lacks; then what was required is refused, and what was wished for let go. */
function needsStronger(
  { request, required_acr_values: required, wanted_acr_values: wanted, progress }: AuthorizeSituation,
  { acr, session_id, second_factor_remembered }: LiveSession,
): AuthorizeDecision | undefined {
  const silent = request.prompt.has('none')
  // Attack: an account that cannot reach what is wished for tries in vain, and then another one's session is swapped in.
  const wasTried = doneBy(session_id, progress)?.stronger === true
  const unmet = required.filter((classes) => !satisfies(acr, classes))
  if (unmet.length > 0) {
    const isKnown = unmet.every((classes) => classes.some((each) => knownClasses.includes(each)))
    if (wasTried || !isKnown) return refused(unmetRequirements)
    return silent ? refused(loginRequired) : { next: 'login', because: 'stronger' }
  }
  const isWished = !satisfies(acr, wanted) && wanted.some((each) => knownClasses.includes(each))
  // Attack: a remembered browser gets silently what it would be asked for more for, such as admin scopes.
  if (isWished && silent && second_factor_remembered) return refused(loginRequired)
  return isWished && !silent && !wasTried ? { next: 'login', because: 'stronger' } : undefined
}

/** Only this session, if created after this request started, satisfies `prompt=login` and `max_age`. */
function hasJustSignedIn(session: LiveSession, progress: Progress | undefined): boolean {
  return (
    progress !== undefined &&
    doneBy(session.session_id, progress)?.login === true &&
    session.auth_time >= progress.started_at
  )
}

/** What this session did in the request. What another one did does not count for it. */
const doneBy = (session_id: string | undefined, progress: Progress | undefined) =>
  progress?.session_id === session_id ? progress?.prompt_done : undefined

function needsLogin({ request, now }: AuthorizeSituation, session: LiveSession): boolean {
  if (request.prompt.has('login')) return true
  const { max_age_seconds } = request
  if (max_age_seconds === undefined) return false
  // Attack: whoever holds a remembered browser signs in without an application first, which asks for one factor.
  return session.second_factor_remembered === true || now - session.auth_time > max_age_seconds * 1000
}

function needsConsent({ request, session, consent, progress }: AuthorizeSituation): boolean {
  // There is nothing to allow: the page says so, to the person alone.
  if (request.limited === 'wholly') return true
  // Attack: an earlier consent answers for what this person has not been shown now.
  if (request.asks_anew) return true
  const isAnswered = doneBy(session?.session_id, progress)?.consent === true
  if (request.prompt.has('consent') && !isAnswered) return true
  // Attack: an application that anybody can register gets a code without anybody seeing who asks.
  if (!request.client.reviewed && !isAnswered) return true
  if (request.client.first_party) return false
  if (mayBeImpersonated(request) && !isAnswered) return true
  // RFC 9396 §5: details are about one thing, such as one payment; no earlier consent covers them.
  if (request.authorization_details.length > 0 && !isAnswered) return true
  return !covers(consent, request)
}

/** Whether an earlier consent is to all that is asked for. */
export const covers = (consent: RememberedConsent | undefined, request: AuthorizeRequest): boolean =>
  consent !== undefined &&
  isForSameClient(consent, request.client) &&
  isWithin(request.scopes, consent.scopes) &&
  isWithin(claimNames(request), consent.claims)

/**
 * RFC 8252 §8.6: any program on the device can listen on a loopback port, or register the scheme, and send this
 * client's id. Only an https redirect, which the operating system binds to one application, proves its identity;
 * without one, remembered consent must not silently hand a code to an impostor.
 */
const mayBeImpersonated = ({ client, target }: AuthorizeRequest): boolean =>
  client.application_type === 'native' &&
  !isConfidential(client) &&
  !target.redirect_uri.startsWith('https://')

/** The claims requested by name, wherever they should be returned. */
export const claimNames = ({ claims }: Pick<AuthorizeRequest, 'claims'>): readonly string[] => [
  ...new Set([...claims.userinfo, ...claims.id_token]),
]
