/**
 * Pushed authorization requests (RFC 9126): the client authenticates, its request passes the checks of the
 * authorization endpoint, and it gets a `request_uri` for it. Nothing is stored but the use of a DPoP proof.
 */
import type { Origin } from '../../audit/event.ts'
import type { Client } from '../../clients/client.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { readForm } from '../../protocol/form.ts'
import { type Parameters, parseParameters } from '../../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal } from '../../protocol/refusal.ts'
import type { Provenance } from '../../protocol/request-provenance.ts'
import { count } from '../../telemetry/count.ts'
import { outcomeOf } from '../../telemetry/request-outcome.ts'
import { type AuthenticateClientNeeds, authenticateClient } from '../client-auth/authenticate-client.ts'
import type { SenderNeeds } from '../sender-constraints/define-constraint.ts'
import { type PushedKey, provePushed } from '../sender-constraints/prove-pushed.ts'
import { proofUsed, spendProof } from '../sender-constraints/spend-proof.ts'
import type { CheckNeeds } from './check.ts'
import { pushedRequestTtlSeconds, sealPushedRequest } from './request-sources/pushed-request.ts'
import type { RequestSourceNeeds, ResolvedRequest } from './request-sources/request-source.ts'
import { resolveRequest } from './resolve-request.ts'
import { checkAuthorizeRequest } from './stages.ts'

export type PushNeeds = AuthenticateClientNeeds & RequestSourceNeeds & CheckNeeds & SenderNeeds

/** RFC 9126 §2.2. */
export interface PushedResponse {
  readonly request_uri: string
  /** Seconds. */
  readonly expires_in: number
}

export interface PushAnswer {
  readonly result: Result<PushedResponse, OAuthRefusal>
  readonly headers: Readonly<Record<string, string>>
}

/** Processes a pushed request. Order of checks: form, client, then the request as at the authorization endpoint. */
export async function pushRequest(needs: PushNeeds, request: Request, origin: Origin): Promise<PushAnswer> {
  const form = await readForm(request)
  if (!form.ok) return answered('none', form)
  const authenticated = await authenticateClient(needs, request, form.value, origin)
  if (!authenticated.ok) return answered('none', authenticated)
  const { client, headers } = authenticated.value
  const pushed = await push(needs, request, client, form.value)
  return answered(client.client_id, pushed.result, { ...headers, ...pushed.headers })
}

/** @param clientId only of a client that is registered here: it becomes a label */
function answered(
  clientId: string,
  result: PushAnswer['result'],
  headers: PushAnswer['headers'] = {},
): PushAnswer {
  const outcome = result.ok ? 'success' : outcomeOf(result.error.status, undefined)
  count('authly_pushed_requests_total', 1, outcome, result.ok ? '' : result.error.error, clientId)
  return { result, headers }
}

async function push(
  needs: PushNeeds,
  request: Request,
  client: Client,
  form: Parameters,
): Promise<PushAnswer> {
  const headers: PushAnswer['headers'] = {}
  const parameters = withoutCredentials(form, client.client_id)
  if (!parameters.ok) return { result: err(invalidRequest(parameters.error)), headers }
  const resolved = await resolveRequest(needs, 'par', { parameters: parameters.value, client })
  if (!resolved.ok) return { result: err(resolved.error.refusal), headers }
  const key = await provePushed(needs, request, client, resolved.value.parameters)
  return key.ok
    ? {
        result: await accept(needs, client, resolved.value, key.value),
        headers: key.value.headers ?? headers,
      }
    : { result: key, headers }
}

async function accept(
  needs: PushNeeds,
  client: Client,
  resolved: ResolvedRequest,
  { dpop_jkt, proof }: PushedKey,
): Promise<PushAnswer['result']> {
  const parameters = withKey(resolved.parameters, dpop_jkt)
  if (!parameters.ok) return err(invalidRequest(parameters.error))
  const asked = { ...resolved, parameters: parameters.value, client }
  const checked = await checkAuthorizeRequest(needs, 'par', asked)
  if (checked.kind !== 'request') return err(checked.refusal)
  if (proof && !(await spendProof(needs.spendOnce, client, proof))) return err(proofUsed)
  return ok(await handleFor(needs, client, asked))
}

/** RFC 9449 §10.1: the proof a request was pushed with counts as its `dpop_jkt`. */
function withKey(parameters: Parameters, dpopJkt: string | undefined): Result<Parameters, string> {
  const isNamed = dpopJkt === undefined || parameters.get('dpop_jkt') !== undefined
  return isNamed ? ok(parameters) : parseParameters(`${parameters.encoded}&dpop_jkt=${dpopJkt}`)
}

const credentials: ReadonlySet<string> = new Set([
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])

/** The request itself (RFC 9126 §2.1): a secret must not travel through the browser, not even sealed. */
function withoutCredentials(form: Parameters, clientId: string): Result<Parameters, string> {
  const kept = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(form.encoded)) {
    if (!credentials.has(name) && name !== 'client_id') kept.append(name, value)
  }
  // Clients that authenticate by the Authorization header need not repeat it.
  kept.append('client_id', clientId)
  return parseParameters(kept.toString())
}

async function handleFor(
  { root, now, config }: PushNeeds,
  client: Client,
  { parameters, provenance }: ResolvedRequest,
): Promise<PushedResponse> {
  const at = now()
  const expires_at = at + pushedRequestTtlSeconds * 1000
  // A sign-in can begin until the handle expires. It is remembered as used until that one would end.
  const keep_until = expires_at + config.interactionTtlSeconds * 1000
  const pushed: Provenance = {
    ...provenance,
    pushed: true,
    once: provenance.once ?? { id: uuidv7(at), keep_until },
  }
  const request_uri = await sealPushedRequest(root, client.client_id, {
    parameters: parameters.encoded,
    provenance: pushed,
    expires_at,
  })
  return { request_uri, expires_in: pushedRequestTtlSeconds }
}
