/** `/oauth/register`: clients register themselves (RFC 7591) and keep their registration (RFC 7592). */
import type { Context } from 'hono'
import { clientIdPattern } from '../clients/find-client.ts'
import type { AppEnv } from '../dependencies.ts'
import { readBearerToken } from '../kit/bearer-token.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { parseJsonObject } from '../kit/json-object.ts'
import { readRequestText } from '../kit/read-body.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { isStorable } from '../kit/storable.ts'
import { tooManyRequests } from '../oauth/too-many-requests.ts'
import { oauthJson, renderOAuthRefusal } from '../protocol/oauth-response.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../protocol/refusal.ts'
import type { PolicyName } from '../rate-limits/policies.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'

const maxBytes = 65_536
const tag = 'OAuth 2.1'
const path = '/oauth/register/{client_id}'
const refusals = {
  401: 'The token is missing, or not valid here',
  404: 'Clients do not register themselves here',
  429: 'Too many requests',
}
const bodyRefusals = {
  ...refusals,
  400: 'The metadata are refused (RFC 7591 §3.2.2)',
  413: 'The body is larger than 64 KiB',
  415: 'The body is not JSON',
}

/** Loaded when asked for: few requests register a client. */
const management = () => import('./manage-registration.ts')

export const registrationRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'registerClient',
      method: 'post',
      path: '/oauth/register',
      summary: 'Client registration endpoint',
      spec: 'RFC 7591, OpenID Connect Dynamic Client Registration 1.0',
      tag,
      responses: { 201: 'The registration', ...bodyRefusals },
    },
    async (c) => {
      const mode = await modeOf(c)
      if (mode === 'off') return renderOAuthRefusal(off)
      const limited = await charge(c, 'client-registration-ip')
      if (limited) return limited
      const said = await readObject(c.req.raw)
      if (!said.ok) return renderOAuthRefusal(said.error)
      const { registerClient } = await import('./register-client.ts')
      const { deps, origin } = c.env
      const outcome = await registerClient(deps, { mode, bearer: bearerOf(c), said: said.value, origin })
      return outcome.ok ? oauthJson(outcome.value, 201) : renderOAuthRefusal(outcome.error)
    },
  )
  .describe(
    {
      id: 'readRegistration',
      method: 'get',
      path,
      summary: 'Reads the registration of a client',
      spec: 'RFC 7592 §2.1',
      tag,
      responses: { 200: 'The registration', ...refusals },
    },
    async (c) => {
      const refused = await admit(c)
      if (refused) return refused
      const { readOwnRegistration } = await management()
      const outcome = await readOwnRegistration(c.env.deps, holderOf(c))
      return outcome.ok ? oauthJson(outcome.value) : renderOAuthRefusal(outcome.error)
    },
  )
  .describe(
    {
      id: 'replaceRegistration',
      method: 'put',
      path,
      summary: 'Replaces the registration of a client',
      spec: 'RFC 7592 §2.2',
      tag,
      responses: { 200: 'The registration as it is now', ...bodyRefusals },
    },
    async (c) => {
      const refused = await admit(c)
      if (refused) return refused
      const said = await readObject(c.req.raw)
      if (!said.ok) return renderOAuthRefusal(said.error)
      const { replaceOwnRegistration } = await management()
      const outcome = await replaceOwnRegistration(c.env.deps, holderOf(c), said.value)
      return outcome.ok ? oauthJson(outcome.value) : renderOAuthRefusal(outcome.error)
    },
  )
  .describe(
    {
      id: 'deleteRegistration',
      method: 'delete',
      path,
      summary: 'Deletes the registration of a client',
      spec: 'RFC 7592 §2.3',
      tag,
      responses: { 204: 'The client is gone', ...refusals },
    },
    async (c) => {
      const refused = await admit(c)
      if (refused) return refused
      const { deleteOwnRegistration } = await management()
      const outcome = await deleteOwnRegistration(c.env.deps, holderOf(c))
      return outcome.ok
        ? new Response(null, { status: 204, headers: oauthJson({}).headers })
        : renderOAuthRefusal(outcome.error)
    },
  )

const off = refuse('invalid_request', 'clients do not register themselves here', { status: 404 })

const modeOf = async ({ env: { deps } }: Context<AppEnv>) =>
  (await deps.readSettings())['client_registration.mode']

async function admit(c: Context<AppEnv>): Promise<Response | undefined> {
  if ((await modeOf(c)) === 'off') return renderOAuthRefusal(off)
  return charge(c, 'client-management-ip')
}

async function charge(c: Context<AppEnv>, policy: PolicyName): Promise<Response | undefined> {
  const taken = await c.env.deps.rateLimiter.take(policy, c.env.origin.ip ?? 'unknown')
  return taken.allowed ? undefined : renderOAuthRefusal(tooManyRequests(rateLimitHeaders(taken)))
}

const holderOf = (c: Context<AppEnv>) => {
  const id = c.req.param('client_id') ?? ''
  return { clientId: clientIdPattern.test(id) ? id : '-', bearer: bearerOf(c), origin: c.env.origin }
}

/** `''`: a header that is no bearer token. */
function bearerOf(c: Context<AppEnv>): string | undefined {
  const header = c.req.header('authorization')
  return header === undefined ? undefined : (readBearerToken(header) ?? '')
}

async function readObject(
  request: Request,
): Promise<Result<Readonly<Record<string, unknown>>, OAuthRefusal>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    return err(refuse('invalid_request', 'the body must be JSON', { status: 415 }))
  const text = await readRequestText(request, maxBytes)
  if (text === undefined) return err(refuse('invalid_request', 'the body is too large', { status: 413 }))
  const value = parseJsonObject(text)
  if (!value) return err(invalidRequest('the body must be a JSON object'))
  return isStorable(value) ? ok(value) : err(invalidRequest('text must be well-formed Unicode without NUL'))
}
