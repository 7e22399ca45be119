/** `GET|POST /oauth/authorize`, and its resumption after the hosted pages. */
import type { Context } from 'hono'
import type { AppEnv } from '../../dependencies.ts'
import { ensureBrowserBinding } from '../../interaction/browser-binding.ts'
import { fitsUrl, type Interaction, sealInteraction } from '../../interaction/interaction.ts'
import { DescribedRoutes, formRefusals } from '../../kit/describe-route.ts'
import { uuidv7 } from '../../kit/ids.ts'
import type { Language } from '../../messages/choose-language.ts'
import { readForm } from '../../protocol/form.ts'
import { type Parameters, parseParameters, parseQuery } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import { plain } from '../../protocol/request-provenance.ts'
import { useUp } from './ask.ts'
import { authorizationResponse, type ResponseParameters } from './authorization-response.ts'
import { type AuthorizeAnswer, type AuthorizeOutcome, authorize, type InteractionPage } from './authorize.ts'
import { claimNames } from './decide-authorize.ts'
import { mayRedirect } from './may-redirect.ts'
import type { RedirectTarget } from './redirect-target.ts'

const description = {
  path: '/oauth/authorize',
  summary: 'Authorization endpoint',
  spec: 'OAuth 2.1 §4.1.1, OpenID Connect Core §3.1.2',
  tag: 'OAuth 2.1',
  responses: {
    200: 'Response to the client by form_post',
    303: 'Response to the client, or redirect to a sign-in page',
    400: 'The client or its redirect URI is not valid: the error is shown here',
    429: 'Too many requests',
  },
} as const

/** Loaded only when a page is shown: most requests end in a redirect. */
const errorPages = () => import('../../pages/error-page.tsx')

const paths: Record<InteractionPage, string> = {
  login: '/login',
  password: '/password',
  select_account: '/select-account',
  sessions_full: '/sessions-full',
  consent: '/consent',
  register: '/register',
}

export const authorizeRoutes = new DescribedRoutes<AppEnv>()
  .describe({ id: 'authorize', method: 'get', ...description }, async (c) => {
    const parameters = parseQuery(c.req.url)
    return parameters.ok
      ? respond(c, parameters.value, undefined)
      : (await errorPages()).renderRefusalPage(c, invalidRequest(parameters.error))
  })
  .describe(
    {
      id: 'authorizeByPost',
      method: 'post',
      ...description,
      responses: { ...formRefusals, 303: 'The same request by GET' },
    },
    async (c) => {
      const form = await readForm(c.req.raw)
      if (!form.ok) return (await errorPages()).renderRefusalPage(c, form.error)
      // A cross-site POST arrives without our SameSite=Lax cookies; the same request by GET has them.
      return new Response(null, {
        status: 303,
        headers: { location: `/oauth/authorize?${form.value.encoded}`, 'cache-control': 'no-store' },
      })
    },
  )
  .describe(
    {
      id: 'resumeAuthorization',
      method: 'get',
      path: '/oauth/authorize/resume',
      summary: 'Resumes an authorization request after a hosted page',
      tag: 'Sign-in',
      responses: description.responses,
    },
    async (c) => {
      const { requireInteraction } = await import('../../pages/load-interaction.ts')
      const loaded = await requireInteraction(c, c.req.query('interaction'))
      if (!loaded.ok) return loaded.error
      const { interaction } = loaded.value
      const parameters = parseParameters(interaction.parameters)
      return parameters.ok
        ? respond(c, parameters.value, interaction)
        : (await errorPages()).renderRefusalPage(c, invalidRequest(parameters.error))
    },
  )

async function respond(
  c: Context<AppEnv>,
  parameters: Parameters,
  interaction: Interaction | undefined,
): Promise<Response> {
  const deps = c.env.deps
  const origin = c.env.origin
  const taken = await deps.rateLimiter.take('authorize-ip', origin.ip ?? 'unknown')
  if (!taken.allowed)
    return (await errorPages()).renderTooManyRequests(c, taken, parameters.get('ui_locales'))
  const answer = await authorize(deps, {
    parameters,
    cookieHeader: c.req.header('cookie'),
    interaction,
    fillsWindow: c.req.header('sec-fetch-dest') === 'document',
    origin,
  })
  const { outcome, parameters: asked } = answer
  switch (outcome.kind) {
    // Errors before the redirect URI is validated are shown here (RFC 6749 §4.1.2.1).
    case 'local':
      return (await errorPages()).renderRefusalPage(c, outcome.refusal, asked.get('ui_locales'))
    case 'redirect':
      return toClient(c, answer, outcome.target, { refusal: outcome.refusal })
    case 'code':
      return respondWithCode(c, answer, outcome)
    case 'finished': {
      const { showFinished } = await import('../../pages/lost-interaction.ts')
      return showFinished(c, interaction as Interaction)
    }
    case 'interact':
      return toPage(c, answer, outcome, interaction)
  }
}

/** Answers at the validated target. */
const toClient = (
  c: Context<AppEnv>,
  { parameters, encrypt }: Omit<AuthorizeAnswer, 'outcome'>,
  target: RedirectTarget,
  response: ResponseParameters,
): Promise<Response> =>
  authorizationResponse(c.env.deps, target, response, encrypt, languageOf(c, parameters))

async function respondWithCode(
  c: Context<AppEnv>,
  answer: AuthorizeAnswer,
  { target, code, request }: Extract<AuthorizeOutcome, { kind: 'code' }>,
): Promise<Response> {
  const { config } = c.env.deps
  if (!config.sessionManagement || !request.scopes.includes('openid')) {
    return toClient(c, answer, target, { code })
  }
  const { addSessionState } = await import('./session-state.ts')
  const added = await addSessionState(config, request, c.req.header('cookie'))
  const response = await toClient(c, answer, target, { code, ...added.parameters })
  for (const cookie of added.cookies) response.headers.append('set-cookie', cookie)
  return response
}

/** Redirects the user to a hosted page with the request, sealed and bound to this browser. */
async function toPage(
  c: Context<AppEnv>,
  { encrypt }: AuthorizeAnswer,
  { page, request, asked, because }: Extract<AuthorizeOutcome, { kind: 'interact' }>,
  previous: Interaction | undefined,
): Promise<Response> {
  const { deps } = c.env
  const { parameters, provenance } = request
  const now = deps.now()
  const binding = await ensureBrowserBinding(deps.config, c.req.header('cookie'))
  const interaction: Interaction = {
    id: uuidv7(now),
    started_at: now,
    expires_at: now + deps.config.interactionTtlSeconds * 1000,
    parameters: parameters.encoded,
    ...(provenance === plain ? {} : { provenance }),
    client_id: request.client.client_id,
    browser: binding.hash,
    ...request.hints,
    prompt_done: {},
    ...previous,
    login_because: because,
    ...(asked && {
      // What was answered before was another question.
      prompt_done: { ...previous?.prompt_done, consent: undefined },
      consent: {
        ...{ session_id: asked.session_id, scopes: request.scopes, claims: claimNames(request) },
        authorization_details: request.authorization_details,
        ...(request.limited && { limited: request.limited }),
        ...(request.client.fingerprint !== undefined && { fingerprint: request.client.fingerprint }),
      },
    }),
  }
  if (!fitsUrl(interaction)) {
    const refusal = invalidRequest('the request is too long')
    if (!mayRedirect(request.target, { parameters, interaction: previous })) {
      return (await errorPages()).renderRefusalPage(c, refusal, parameters.get('ui_locales'))
    }
    await useUp(deps, request)
    return toClient(c, { parameters, encrypt }, request.target, { refusal })
  }
  const sealed = await sealInteraction(deps.root, interaction)
  const headers = new Headers({
    location: `${paths[page]}?interaction=${sealed}`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  for (const cookie of binding.setCookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

/** Evaluated only when the response is a page. */
const languageOf = (c: Context<AppEnv>, parameters: Parameters) => async (): Promise<Language> => {
  const { chooseLanguage } = await import('../../messages/choose-language.ts')
  return chooseLanguage(parameters.get('ui_locales'), c.req.header('accept-language'))
}
