/** `GET|POST /oidc/userinfo`: the token is sent in the header or, with POST, in a form (RFC 6750 §2, RFC 9449 §7.1). */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, formRefusals } from '../kit/describe-route.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type PresentedToken, readPresentedToken } from '../oauth/sender-constraints/presented-token.ts'
import { challenge } from '../oauth/sender-constraints/token-challenge.ts'
import { readForm } from '../protocol/form.ts'
import { oauthHeaders, oauthJson, renderOAuthRefusal } from '../protocol/oauth-response.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import { withResourceMetadata } from '../protocol/resource-metadata.ts'
import { userInfo } from './userinfo.ts'

const responses = {
  200: 'Claims, as JSON or as a signed or encrypted JWT',
  400: 'The request is malformed',
  401: 'The access token is missing or not valid',
  403: 'The access token lacks the openid scope',
}
const description = {
  path: '/oidc/userinfo',
  summary: 'Claims about the signed-in user',
  spec: 'OpenID Connect Core §5.3',
  tag: 'OpenID Connect',
  responses,
} as const

export const userInfoRoutes = new DescribedRoutes<AppEnv>()
  .describe({ id: 'getUserInfo', method: 'get', ...description }, (c) => answer(c))
  .describe(
    {
      id: 'getUserInfoByPost',
      method: 'post',
      ...description,
      responses: { ...formRefusals, ...responses },
    },
    (c) => answer(c),
  )

async function answer(c: Context<AppEnv>): Promise<Response> {
  const refused = (refusal: OAuthRefusal) =>
    renderOAuthRefusal({
      ...refusal,
      challenge: refusal.challenge && withResourceMetadata(c.env.config.issuer, refusal.challenge),
    })
  const request = c.req.raw
  const presented = await readToken(request)
  if (!presented.ok) return refused(presented.error)
  const info = await userInfo(c.env.deps, { request, presented: presented.value })
  if (!info.ok) return refused(info.error)
  const { headers } = info.value
  if (info.value.format === 'json') return oauthJson(info.value.claims, 200, headers)
  return new Response(info.value.jwt, {
    headers: { 'content-type': 'application/jwt', ...oauthHeaders, ...headers },
  })
}

/** Accepts one token in one place: with two, two parsers could see two different requests (RFC 6750 §2). */
async function readToken(request: Request): Promise<Result<PresentedToken, OAuthRefusal>> {
  const fromHeader = readPresentedToken(request)
  const hasForm = request.method === 'POST' && request.headers.get('content-type') !== null
  const form = hasForm ? await readForm(request) : undefined
  if (form && !form.ok) return form
  const fromForm = form?.value.get('access_token')
  if (fromHeader !== undefined && fromForm !== undefined) {
    return err(invalidRequest('more than one access token'))
  }
  // A form has no place for a proof: a bound token there is refused as a bearer token.
  const fromAnywhere: PresentedToken | undefined =
    fromHeader ?? (fromForm === undefined ? undefined : { scheme: 'Bearer', token: fromForm })
  // RFC 6750 §3: without any token the challenge carries no error code.
  return fromAnywhere === undefined
    ? err(
        refuse('invalid_token', 'an access token is required', {
          status: 401,
          challenge: challenge('Bearer'),
        }),
      )
    : ok(fromAnywhere)
}
