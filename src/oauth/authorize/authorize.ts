/**
 * The authorization endpoint (OAuth 2.1 §4.1.1, OpenID Connect Core §3.1.2): validate the request, look up the
 * session, decide, and either respond to the client or redirect the user to a page. With a live session and
 * remembered consent it costs one call to the user's object and writes nothing.
 */
import type { FindHeldPermissions } from '../../access/permissions.ts'
import type { Origin } from '../../audit/event.ts'
import { toldClass } from '../../authentication/acr.ts'
import { policyOf } from '../../authentication/sign-in-policy.ts'
import type { SignInPolicy } from '../../authentication/sign-in-state.ts'
import type { Client } from '../../clients/client.ts'
import type { Encrypt, PrepareEncryption } from '../../clients/encryption.ts'
import type { Config } from '../../config.ts'
import type { FindConsent } from '../../consents/consent.ts'
import type { Interaction } from '../../interaction/interaction.ts'
import { readSession, type SessionRouting } from '../../interaction/session-cookie.ts'
import type { Clock } from '../../kit/clock.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { ok, type Result } from '../../kit/result.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { OpenedHandle } from '../../kit/sealed-handle.ts'
import { isUnavailable } from '../../kit/unavailable.ts'
import { possibleCredentials } from '../../passkeys/possible-credentials.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../../protocol/refusal.ts'
import type { SessionLimit } from '../../sessions/limit-sessions.ts'
import type { SessionsOf } from '../../sessions/rules.ts'
import type { LiveSession } from '../../sessions/session.ts'
import { longestLifetime } from '../../sessions/session-lifetime.ts'
import type { SpendOnce, WasSpent } from '../../sessions/single-use.ts'
import type { RememberedConsent } from '../../sessions/subject-state.ts'
import { isRegistrationOpen } from '../../settings/registration-opening.ts'
import type { ReadSettings, Settings } from '../../settings/settings.ts'
import { sealCode } from '../../tokens/authorization-code.ts'
import { subjectFor } from '../../tokens/subject.ts'
import { type AskNeeds, isUsedUp, readRequest, useUp } from './ask.ts'
import type { CheckInput, CheckNeeds } from './check.ts'
import {
  type AuthorizeDecision,
  type AuthorizeSituation,
  covers,
  decideAuthorize,
} from './decide-authorize.ts'
import { type LimitedRequest, limitToRoles } from './limit-to-roles.ts'
import { mayRedirect } from './may-redirect.ts'
import type { RedirectTarget } from './redirect-target.ts'
import { unknownHandle } from './request-sources/pushed-request.ts'
import { type AuthorizeRequest, type CheckedAuthorize, checkAuthorizeRequest } from './stages.ts'

export interface AuthorizeNeeds extends CheckNeeds, AskNeeds {
  readonly config: Config
  readonly now: Clock
  readonly root: RootSecret
  readonly findConsent: FindConsent
  readonly findHeldPermissions: FindHeldPermissions
  readonly sessionsOf: SessionsOf
  readonly spendOnce: SpendOnce
  readonly wasSpent: WasSpent
  readonly readSettings: ReadSettings
  readonly prepareEncryption: PrepareEncryption
}

export interface AuthorizeInput {
  readonly parameters: Parameters
  readonly cookieHeader: string | undefined
  /** The interaction that is being resumed. */
  readonly interaction: Interaction | undefined
  /** Whether the answer is what a window shows, not a frame in it, as far as the browser says so (Fetch Metadata). */
  readonly fillsWindow?: boolean | undefined
  readonly origin: Origin
}

export type InteractionPage =
  | 'login'
  | 'password'
  | 'select_account'
  | 'sessions_full'
  | 'consent'
  | 'register'

export type AuthorizeOutcome =
  | { readonly kind: 'local'; readonly refusal: OAuthRefusal }
  | { readonly kind: 'redirect'; readonly target: RedirectTarget; readonly refusal: OAuthRefusal }
  | {
      readonly kind: 'code'
      readonly target: RedirectTarget
      readonly code: string
      readonly request: AuthorizeRequest
    }
  /** This interaction has already led to a code. */
  | { readonly kind: 'finished' }
  | {
      readonly kind: 'interact'
      readonly page: InteractionPage
      readonly request: LimitedRequest
      /** The session that the consent page asks. */
      readonly asked?: LiveSession | undefined
      readonly because?: Interaction['login_because']
    }

export interface AuthorizeAnswer {
  readonly outcome: AuthorizeOutcome
  /** What was really asked for; as received, if that could not be found out. */
  readonly parameters: Parameters
  /** For a signed response to the client; `undefined`: it is sent as it is. */
  readonly encrypt: Encrypt | undefined
}

/** Processes an authorization request. */
export async function authorize(needs: AuthorizeNeeds, input: AuthorizeInput): Promise<AuthorizeAnswer> {
  const asked = await readRequest(needs, input.parameters, input.interaction)
  const { parameters } = asked.ok ? asked.value : input
  const checked = asked.ok ? await checkAuthorizeRequest(needs, 'authorize', asked.value) : asked.error
  const prepared = await prepareResponse(needs, checked)
  if (!prepared.ok)
    return { outcome: { kind: 'local', refusal: prepared.error }, parameters, encrypt: undefined }
  const encrypt = prepared.value
  const answered = checked.kind === 'request' ? await answer(needs, input, checked.request) : checked
  const outcome = keepHere(input, parameters, answered)
  if (!asked.ok || !(await isOver(needs, input, asked.value, outcome)))
    return { outcome, parameters, encrypt }
  const over = { kind: 'local', refusal: unknownHandle('used before') } as const
  return { outcome: input.interaction ? { kind: 'finished' } : over, parameters, encrypt }
}

/** An error of a client that nobody reviewed is shown here, unless somebody has acted. */
const keepHere = <Outcome extends AuthorizeOutcome>(
  input: AuthorizeInput,
  parameters: Parameters,
  outcome: Outcome,
): Outcome | Extract<AuthorizeOutcome, { kind: 'local' }> =>
  outcome.kind === 'redirect' && !mayRedirect(outcome.target, { ...input, parameters })
    ? { kind: 'local', refusal: outcome.refusal }
    : outcome

/** Whether another response to this request has left. One that leaves now uses it up. */
async function isOver(
  needs: AuthorizeNeeds,
  { interaction }: AuthorizeInput,
  asked: CheckInput,
  { kind }: AuthorizeOutcome,
): Promise<boolean> {
  if (kind === 'code' || kind === 'redirect') return !(await useUp(needs, asked))
  return kind === 'interact' && interaction === undefined && isUsedUp(needs, asked)
}

async function answer(
  needs: AuthorizeNeeds,
  input: AuthorizeInput,
  asked: AuthorizeRequest,
): Promise<AuthorizeOutcome> {
  const cookie = await readSession(needs, input.cookieHeader)
  const settings = await needs.readSettings()
  const { decision, request } = await decide(needs, input, { request: asked, settings }, cookie)
  switch (decision.next) {
    case 'issue':
      if (input.interaction && !(await consumeInteraction(needs, input.interaction, decision.session))) {
        return { kind: 'finished' }
      }
      return {
        kind: 'code',
        request,
        target: request.target,
        code: await issueCode(needs, { request, settings }, decision),
      }
    case 'refuse':
      return { kind: 'redirect', target: request.target, refusal: decision.refusal }
    case 'consent':
      return { kind: 'interact', page: 'consent', request, asked: decision.session }
    case 'login':
      return { kind: 'interact', page: 'login', request, because: decision.because }
    default:
      return { kind: 'interact', page: decision.next, request }
  }
}

/**
 * Done before anybody signs in and before anything is used up: what cannot be encrypted to the client never leaves, and the
 * same request is good once there is a key.
 */
async function prepareResponse(
  { prepareEncryption }: AuthorizeNeeds,
  checked: CheckedAuthorize,
): Promise<Result<Encrypt | undefined, OAuthRefusal>> {
  if (checked.kind === 'local') return ok(undefined)
  const { client, response_mode } = checked.kind === 'request' ? checked.request.target : checked.target
  return response_mode.signed ? prepareEncryption(client, 'authorization') : ok(undefined)
}

async function decide(
  needs: AuthorizeNeeds,
  input: AuthorizeInput,
  { request, settings }: Asked,
  cookie: OpenedHandle<SessionRouting> | undefined,
): Promise<Decided> {
  const { required_acr_values, wanted_acr_values } = demandsOf(needs.config, { request, settings })
  const situation = {
    ...{ request, required_acr_values, wanted_acr_values },
    registers: isRegistrationOpen(settings, needs.config.delivery.email !== undefined, request.client),
    progress: input.interaction,
    now: needs.now(),
  }
  if (!cookie) {
    const nobody = { session: undefined, sub: undefined, consent: undefined }
    return { decision: decideAuthorize({ ...situation, ...nobody }), request }
  }
  const limit = clientLimit({ request, settings })
  const [checked, sub] = await Promise.all([
    needs.sessionsOf(cookie.routing.user_id).checkSession({
      now: situation.now,
      session_id: cookie.routing.session_id,
      secret_hash: cookie.secretHash,
      client_id: request.client.client_id,
      longest: longestLifetime(settings),
      counts_client: limit?.when_full === 'refuse' || undefined,
    }),
    subjectFor(needs.root, request.client, cookie.routing.user_id),
  ])
  const session = checked.status === 'live' ? checked.session : undefined
  const consent = checked.status === 'live' ? checked.consent : undefined
  const others = checked.status === 'live' ? checked.client_sessions : undefined
  const is_client_full = limit !== undefined && others !== undefined && others >= limit.max
  const known = { ...situation, session, sub, consent, is_client_full }
  const decision = decideAuthorize(known)
  // Only what may be granted is looked up in Postgres.
  if (!session || (decision.next !== 'issue' && !isAboutConsent(decision))) return { decision, request }
  try {
    const limited = await limitToRoles(needs, request, session, input.interaction)
    const asked = { ...known, request: limited }
    return { decision: await decideOnConsent(needs, input.origin, asked, session), request: limited }
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return { decision: unavailable, request }
  }
}

interface Decided {
  readonly decision: AuthorizeDecision
  /** Limited to what this person can give. */
  readonly request: LimitedRequest
}

const unavailable: AuthorizeDecision = {
  next: 'refuse',
  refusal: refuse('temporarily_unavailable', 'please try again shortly'),
}

async function decideOnConsent(
  needs: AuthorizeNeeds,
  origin: Origin,
  situation: AuthorizeSituation,
  session: LiveSession,
): Promise<AuthorizeDecision> {
  const { request, consent } = situation
  const decision = decideAuthorize(situation)
  const mayBeForgotten =
    isAboutConsent(decision) && !request.prompt.has('consent') && !covers(consent, request)
  if (!mayBeForgotten) return decision
  const stored = await recallConsent(needs, origin, request, session)
  if (stored === 'unavailable') return unavailable
  return stored ? decideAuthorize({ ...situation, consent: stored }) : decision
}

interface Asked {
  readonly request: AuthorizeRequest
  readonly settings: Settings
}

/** What deployment, client and request demand of the session. */
const demandsOf = (config: Config, { request, settings }: Asked): SignInPolicy =>
  policyOf({
    settings,
    possible: possibleCredentials(config, settings),
    client: request.client,
    request: {
      acr_values: request.acr_values,
      essential_acr: request.claims.essential_acr,
      scopes: request.scopes,
      // How recent a sign-in must be is decided for itself.
      asks_anew: false,
    },
    because: undefined,
  })

function clientLimit({ request: { client }, settings }: Asked): SessionLimit | undefined {
  const max = client.max_sessions_per_user
  return max === undefined ? undefined : { max, when_full: settings['sessions.when_full'] }
}

const isAboutConsent = (decision: AuthorizeDecision): boolean =>
  decision.next === 'consent' || (decision.next === 'refuse' && decision.refusal.error === 'consent_required')

/**
 * The user's object caches consents; Postgres has all of them (after an object was newly created, or a backup
 * restored).
 */
async function recallConsent(
  needs: AuthorizeNeeds,
  origin: Origin,
  { client }: AuthorizeRequest,
  session: LiveSession,
): Promise<RememberedConsent | undefined | 'unavailable'> {
  try {
    const consent = await needs.findConsent(session.user_id, client.client_id)
    if (!consent) return undefined
    await needs.sessionsOf(session.user_id).rememberConsent({
      now: needs.now(),
      client_id: client.client_id,
      session_id: session.session_id,
      user_id: session.user_id,
      ...consent,
      new_decision: false,
      origin,
    })
    return consent
  } catch {
    return 'unavailable'
  }
}

/**
 * What the user did in an interaction (entered the password, gave consent) completes one request. Its link remains
 * in the browser's history: opened again it must not satisfy `prompt` or `max_age` for another code.
 */
const consumeInteraction = (needs: AuthorizeNeeds, { id, expires_at }: Interaction, session: LiveSession) =>
  needs.sessionsOf(session.user_id).spendInteraction({ interaction_id: id, expires_at })

const codeTtlSeconds = ({ authorizationCodeTtlSeconds: configured }: Config, { rules }: Client): number =>
  Math.min(configured, rules.max_code_ttl_seconds ?? configured)

function issueCode(
  needs: AuthorizeNeeds,
  asked: Asked,
  { session, sub }: Extract<AuthorizeDecision, { next: 'issue' }>,
): Promise<string> {
  const now = needs.now()
  const { request } = asked
  return sealCode(needs.root, {
    redirect_uri: request.target.redirect_uri,
    code_challenge: request.code_challenge,
    dpop_jkt: request.dpop_jkt,
    client_limit: clientLimit(asked),
    expires_at: now + codeTtlSeconds(needs.config, request.client) * 1000,
    grant: {
      grant_id: uuidv7(now),
      client_id: request.client.client_id,
      user_id: session.user_id,
      sub,
      session_id: session.session_id,
      scopes: request.scopes,
      resources: [...new Set([...request.resources, ...request.details_resources])],
      ...(request.authorization_details.length > 0 && {
        authorization_details: request.authorization_details,
      }),
      claims: { userinfo: request.claims.userinfo, id_token: request.claims.id_token },
      auth_time: session.auth_time,
      acr: toldClass(session.acr, [...request.claims.essential_acr, ...request.acr_values]),
      amr: session.amr,
      nonce: request.nonce,
    },
  })
}
