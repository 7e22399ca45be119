import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import type { Prompt } from '../../../src/oauth/authorize/check-prompt.ts'
import { type AuthorizeSituation, decideAuthorize } from '../../../src/oauth/authorize/decide-authorize.ts'
import type { LimitedRequest } from '../../../src/oauth/authorize/limit-to-roles.ts'
import type { RedirectTarget } from '../../../src/oauth/authorize/redirect-target.ts'
import { noClaims } from '../../../src/protocol/claims-parameter.ts'
import type { Parameters } from '../../../src/protocol/parameters.ts'
import { plain } from '../../../src/protocol/request-provenance.ts'
import type { Session } from '../../../src/sessions/session.ts'
import { aClient } from '../../fakes/client.ts'

const now = 1_800_000_000_000
const minute = 60_000

const session: Session = {
  session_id: 's1',
  user_id: 'u1',
  auth_time: now - 10 * minute,
  acr: 'urn:authly:acr:pwd',
  amr: ['pwd'],
  proofs: [],
  created_at: now - 10 * minute,
  last_seen_at: now,
  expires_at: now + 60 * minute,
  ip: undefined,
  user_agent: undefined,
  password_change_required: false,
}
const consent = { scopes: ['openid', 'read'], claims: [] }

const aRequest = (overrides: Partial<LimitedRequest> = {}): LimitedRequest => ({
  client: aClient(),
  target: {} as RedirectTarget,
  parameters: {} as Parameters,
  provenance: plain,
  scopes: ['openid', 'read'],
  code_challenge: undefined,
  nonce: undefined,
  dpop_jkt: undefined,
  prompt: new Set<Prompt>(),
  max_age_seconds: undefined,
  acr_values: [],
  claims: noClaims,
  resources: [],
  authorization_details: [],
  details_resources: [],
  hints: { display: undefined, login_hint: undefined, ui_locales: undefined },
  hintedSub: undefined,
  ...overrides,
})

const beyond = { scopes: [], limited: 'wholly' } as const
const claimed = 'https://app.example/callback'
const native = (redirect_uri: string, method: Client['token_endpoint_auth_method'] = 'none') =>
  aRequest({
    client: aClient({ application_type: 'native', token_endpoint_auth_method: method }),
    target: { redirect_uri } as RedirectTarget,
  })

const decide = (situation: Partial<AuthorizeSituation>) => {
  const decision = decideAuthorize({
    request: aRequest(),
    session,
    sub: 'u1',
    consent,
    progress: undefined,
    required_acr_values: [],
    wanted_acr_values: [],
    now,
    ...situation,
  })
  return decision.next === 'refuse' ? decision.refusal.error : decision.next
}

const prompt = (...values: Prompt[]) => ({ request: aRequest({ prompt: new Set(values) }) })
const nobody = { session: undefined, sub: undefined, consent: undefined }
const signedIn = { started_at: now - minute, prompt_done: { login: true }, session_id: 's1' }
const tried = { started_at: now - minute, prompt_done: { stronger: true }, session_id: 's1' }
const triedByAnother = { ...tried, session_id: 's2' }
const pwd = 'urn:authly:acr:pwd'
const mfa = 'urn:authly:acr:mfa'
const strong = { session: { ...session, acr: 'phr' } }
const justNow = { ...session, auth_time: now - 1000 }

describe('decideAuthorize (OpenID Connect Core §3.1.2.3)', () => {
  it.each<[string, Partial<AuthorizeSituation>, string]>([
    ['a live session and remembered consent need nothing more', {}, 'issue'],
    ['without a session a person signs in', nobody, 'login'],
    ['prompt=none without a session', { ...nobody, ...prompt('none') }, 'login_required'],
    ['prompt=none with session and consent is silent', prompt('none'), 'issue'],
    ['prompt=none without consent', { ...prompt('none'), consent: undefined }, 'consent_required'],
    ['prompt=login asks again', prompt('login'), 'login'],
    [
      'prompt=login is met by a sign-in of this request',
      { ...prompt('login'), session: justNow, progress: signedIn },
      'issue',
    ],
    [
      'prompt=login is not met by a sign-in before the request began',
      { ...prompt('login'), progress: signedIn },
      'login',
    ],
    [
      'prompt=login is not met by another session swapped in',
      { ...prompt('login'), session: { ...justNow, session_id: 's2' }, progress: signedIn },
      'login',
    ],
    ['max_age older than the sign-in', { request: aRequest({ max_age_seconds: 300 }) }, 'login'],
    ['max_age younger than the sign-in', { request: aRequest({ max_age_seconds: 3600 }) }, 'issue'],
    [
      'max_age with prompt=none',
      { request: aRequest({ max_age_seconds: 300, prompt: new Set<Prompt>(['none']) }) },
      'login_required',
    ],
    [
      'max_age is not met by a remembered second factor, however young',
      {
        request: aRequest({ max_age_seconds: 3600 }),
        session: { ...justNow, second_factor_remembered: true },
      },
      'login',
    ],
    [
      'max_age=0 is met by a sign-in of this request, so that it cannot loop',
      { request: aRequest({ max_age_seconds: 0 }), session: justNow, progress: signedIn },
      'issue',
    ],
    ['prompt=create', { ...nobody, ...prompt('create'), registers: true }, 'register'],
    ['prompt=create with a session', { ...prompt('create'), registers: true }, 'register'],
    [
      'prompt=create, registered or signed in in this request',
      { ...prompt('create'), registers: true, session: justNow, progress: signedIn },
      'issue',
    ],
    ['prompt=create where nobody can', { ...nobody, ...prompt('create') }, 'invalid_request'],
    ['prompt=select_account', prompt('select_account'), 'select_account'],
    [
      'prompt=select_account, chosen',
      {
        ...prompt('select_account'),
        progress: { started_at: now, prompt_done: { select_account: true }, session_id: 's1' },
      },
      'issue',
    ],
    ['prompt=consent asks although remembered', prompt('consent'), 'consent'],
    [
      'prompt=consent, given',
      {
        ...prompt('consent'),
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's1' },
      },
      'issue',
    ],
    [
      'prompt=consent given in another session does not count',
      {
        ...prompt('consent'),
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's2' },
      },
      'consent',
    ],
    [
      'prompt=consent, given for less than is asked now (the registration grew meanwhile)',
      {
        request: aRequest({ prompt: new Set<Prompt>(['consent']), scopes: ['openid', 'write'] }),
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's1' },
      },
      'consent',
    ],
    [
      'a native application that cannot be told from an impostor is asked about each time (RFC 8252 §8.6)',
      { request: native('http://127.0.0.1:51999/callback') },
      'consent',
    ],
    [
      'a private-use scheme proves no more than a loopback port (RFC 8252 §8.6)',
      { request: native('com.example.app:/callback') },
      'consent',
    ],
    [
      'so it cannot be silent either',
      { request: { ...native('com.example.app:/callback'), prompt: new Set<Prompt>(['none']) } },
      'consent_required',
    ],
    [
      'a native application, allowed just now',
      {
        request: native('com.example.app:/callback'),
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's1' },
      },
      'issue',
    ],
    [
      'an https redirect proves which application it is (RFC 8252 §8.6)',
      { request: native(claimed) },
      'issue',
    ],
    [
      'a native application that authenticates itself proves who it is',
      { request: native('com.example.app:/callback', 'private_key_jwt') },
      'issue',
    ],
    [
      'a person who said no',
      { progress: { started_at: now, prompt_done: {}, denied: true } },
      'access_denied',
    ],
    ['a new scope asks again', { request: aRequest({ scopes: ['openid', 'write'] }) }, 'consent'],
    [
      'a new claim asks again',
      { request: aRequest({ claims: { ...noClaims, userinfo: ['email'] } }) },
      'consent',
    ],
    [
      'first-party clients skip consent',
      { request: aRequest({ client: aClient({ first_party: true }) }), consent: undefined },
      'issue',
    ],
    [
      'what the person’s roles cannot give at all is said to the person, of a first-party client too',
      { request: aRequest({ ...beyond, client: aClient({ first_party: true }) }) },
      'consent',
    ],
    [
      'and silently nothing is told apart from what was not asked about',
      { request: aRequest({ ...beyond, prompt: new Set<Prompt>(['none']) }) },
      'consent_required',
    ],
    [
      'nor can it be allowed',
      {
        request: aRequest(beyond),
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's1' },
      },
      'consent',
    ],
    [
      'what the roles give of it needs the consent that covers just that',
      { request: aRequest({ limited: 'partly' }) },
      'issue',
    ],
    [
      'a client that nobody reviewed is asked about each time, first-party or not',
      { request: aRequest({ client: aClient({ reviewed: false, first_party: true }) }) },
      'consent',
    ],
    [
      'so it cannot be silent',
      {
        request: aRequest({ client: aClient({ reviewed: false }), prompt: new Set<Prompt>(['none']) }),
      },
      'consent_required',
    ],
    [
      'a client that nobody reviewed, allowed just now',
      {
        request: aRequest({ client: aClient({ reviewed: false }) }),
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's1' },
      },
      'issue',
    ],
    [
      'consent to other redirect URIs or keys does not count, though something was allowed just now',
      {
        request: aRequest({ client: aClient({ fingerprint: 'new' }) }),
        consent: { ...consent, fingerprint: 'old' },
        progress: { started_at: now, prompt_done: { consent: true }, session_id: 's1' },
      },
      'consent',
    ],
    [
      'consent to the same ones does',
      {
        request: aRequest({ client: aClient({ fingerprint: 'same' }) }),
        consent: { ...consent, fingerprint: 'same' },
      },
      'issue',
    ],
    ['the expected subject is signed in', { request: aRequest({ hintedSub: 'u1' }) }, 'issue'],
    [
      'another subject is signed in than the claims parameter names (§5.5.1)',
      { request: aRequest({ claims: { ...noClaims, sub: 'u2' } }) },
      'login',
    ],
    ['another subject is signed in', { request: aRequest({ hintedSub: 'u2' }) }, 'login'],
    [
      'another subject with prompt=none',
      { request: aRequest({ hintedSub: 'u2', prompt: new Set<Prompt>(['none']) }) },
      'login_required',
    ],
    [
      'another subject again after signing in does not loop',
      { request: aRequest({ hintedSub: 'u2' }), session: justNow, progress: signedIn },
      'login_required',
    ],
    [
      'a required class that no step is known to reach (§5.5.1.1)',
      { required_acr_values: [['urn:example:gold']] },
      'unmet_authentication_requirements',
    ],
    ['a required class that is met', { required_acr_values: [['urn:authly:acr:pwd']] }, 'issue'],
    [
      'a required class that a stronger sign-in includes',
      { ...strong, required_acr_values: [[mfa]] },
      'issue',
    ],
    ['a required class that is missing asks for more', { required_acr_values: [[mfa]] }, 'login'],
    ['one of several lists that is missing', { required_acr_values: [[pwd], [mfa, 'phr']] }, 'login'],
    ['a missing class, silently', { ...prompt('none'), required_acr_values: [[mfa]] }, 'login_required'],
    [
      'a missing class that was tried does not loop',
      { required_acr_values: [[mfa]], progress: tried },
      'unmet_authentication_requirements',
    ],
    [
      'a class found out of reach, though nobody is signed in',
      { ...nobody, progress: { ...tried, unmet: true } },
      'unmet_authentication_requirements',
    ],
    ['a wished class asks for more', { wanted_acr_values: [mfa] }, 'login'],
    ['a wished class that was tried is let go', { wanted_acr_values: [mfa], progress: tried }, 'issue'],
    [
      'a wished class that another session tried asks for more',
      { wanted_acr_values: [mfa], progress: triedByAnother },
      'login',
    ],
    [
      'a missing class that another session tried asks for more',
      { required_acr_values: [[mfa]], progress: triedByAnother },
      'login',
    ],
    ['a wished class, silently, is let go', { ...prompt('none'), wanted_acr_values: [mfa] }, 'issue'],
    [
      'a wished class, silently, in a session whose second factor is remembered',
      {
        ...prompt('none'),
        wanted_acr_values: [mfa],
        session: { ...session, second_factor_remembered: true },
      },
      'login_required',
    ],
    [
      'a wished class that nothing is known of is let go',
      { wanted_acr_values: ['urn:example:gold'] },
      'issue',
    ],
    ['one of the wished classes is enough', { wanted_acr_values: ['urn:example:gold', pwd] }, 'issue'],
    [
      'a password that must be changed comes first',
      { session: { ...session, password_change_required: true } },
      'password',
    ],
    [
      'a password that must be changed, silently',
      { ...prompt('none'), session: { ...session, password_change_required: true } },
      'login_required',
    ],
  ])('%s', (_rule, situation, expected) => {
    expect(decide(situation)).toBe(expected)
  })
})
