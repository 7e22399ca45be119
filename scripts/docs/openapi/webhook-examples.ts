/** Examples of webhooks: bodies as the server itself makes them, of an event of each type. */

import { z } from 'zod'
import { bodySchema, payloadOf, type TrailEvent } from '../../../src/webhooks/payload.ts'
import {
  definitionOf,
  familyOf,
  testEventType,
  type WebhookEventType,
} from '../../../src/webhooks/webhook-event-types.ts'
import { exampleOf } from './example-of.ts'
import type { Json, Schema } from './openapi-types.ts'

const ids = {
  event: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
  user: '019a8f5e-1d2c-7a4b-8c3d-5e6f7a8b9c0d',
  admin: '019a8f5d-9b8a-7c6d-a5e4-3f2b1c0d9e8f',
  session: '019a8f5e-3a4b-7c5d-9e6f-7a8b9c0d1e2f',
} as const

/** Families of events about things that people administer; the others happen to a person. */
const entities: Readonly<Record<string, string>> = {
  user: ids.user,
  client: 'shop',
  role: 'support',
  scope: 'orders:read',
  resource_server: 'https://api.example.com',
  authorization_details_type: 'payment_initiation',
  setting: 'registration.enabled',
  brand_image: 'logo',
  rate_limit: 'token-client',
  initial_access_token: '019a8f5e-4b5c-7d6e-8f70-8b9c0d1e2f30',
  job: '019a8f5e-5c6d-7e7f-9081-9c0d1e2f3041',
}

/** Families in which nobody in particular is concerned. */
const ofServer: ReadonlySet<string> = new Set(['key', 'message', 'audit', 'webhook'])

const ofClient: ReadonlySet<string> = new Set(['client', 'session', 'consent', 'token', 'code', 'logout'])

const changesOf = (type: WebhookEventType): TrailEvent['changes'] => {
  if (type === 'user.updated') {
    return { email: { before: 'ada@example.com', after: 'ada.lovelace@example.com' } }
  }
  if (type === 'user.disabled') return { status: { before: 'active', after: 'disabled' } }
  if (type === 'client.updated') {
    return { redirect_uris: { before: [], after: ['https://shop.example.com/callback'] } }
  }
  return null
}

export function exampleBody(type: WebhookEventType): Json {
  const family = familyOf(type)
  const { class: eventClass } = definitionOf(type)
  const entityId = entities[family]
  const isPersonal = family === 'user' || (entityId === undefined && !ofServer.has(family))
  const isAdministration = eventClass === 'administration' && !type.startsWith('user.deletion')
  const event: TrailEvent = {
    id: ids.event,
    type,
    occurred_at: '2026-11-23T09:00:00.000000Z',
    outcome: /failed|refused|denied|locked|reused|replayed|given_up|dropped|bounced/.test(type)
      ? 'failure'
      : 'success',
    ...(isAdministration || type === testEventType
      ? { actor_type: 'user', actor_id: ids.admin }
      : isPersonal
        ? { actor_type: 'user', actor_id: ids.user }
        : { actor_type: 'system', actor_id: null }),
    user_id: isPersonal ? ids.user : null,
    client_id: ofClient.has(family) ? 'shop' : null,
    session_id: family === 'session' ? ids.session : null,
    entity_type: entityId === undefined ? null : family,
    entity_id: entityId ?? null,
    request_id: '8f2c1e0a9b7d4c3e',
    changes: changesOf(type),
    data: exampleDetails(type),
  }
  return JSON.parse(payloadOf(event, 1042)) as Json
}

/** Typical values of details, by key. */
const usualDetails: Readonly<Record<string, unknown>> = {
  acr: 'urn:authly:acr:pwd',
  alg: 'ES256',
  amr: ['pwd'],
  attempts: 1,
  claims: ['email'],
  count: 10,
  detail: 'the file is not readable',
  factors: 1,
  failures: 3,
  file: 'results',
  filter: ['status'],
  filters: { types: 'user.deleted' },
  format: 'ndjson',
  job_id: '019a8f5e-5c6d-7e7f-9081-9c0d1e2f3041',
  kid: 'pVbZ3w0mC1jXk8rT5nQ2sA',
  kind: 'welcome',
  method: 'password',
  operation: 'deleteUser',
  profile: 'oidc',
  provider: 'smtp',
  retry_after_seconds: 60,
  rp_id: 'auth.example.com',
  status: 'finished',
  steps: ['password'],
  target: { user_id: '019a8f5e-1d2c-7a4b-8c3d-5e6f7a8b9c0d' },
  terms_version: '2026-01',
  to: 'file',
}

/** The codes that types give as `reason`. */
const reasons: Partial<Record<WebhookEventType, string>> = {
  'session.ended': 'logout',
  'device.forgotten': 'removed',
  'device.no_longer_remembered': 'factor_changed',
  'recovery.stopped': 'not_me',
  'passkey.refused': 'counter',
  'consent.revoked': 'user',
  'token.revoked': 'client',
  'client.authentication_failed': 'wrong_secret',
  'admin.access_denied': 'insufficient_permission',
  'message.refused': 'smtp_550',
  'message.bounced': 'permanent',
  'message.dropped': 'expired',
  'logout.refused': 'http_400',
  'logout.given_up': 'http_500',
}

/** Of every key that events of the type may have, but for those of an event that stands for several. */
function exampleDetails(type: WebhookEventType): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(bodySchema(type).shape.data.shape.details, {
    io: 'input',
  }) as Schema
  const repeated = 'first_at' in properties ? ['count', 'first_at', 'last_at', 'client_ids'] : []
  const values = { ...usualDetails, reason: reasons[type] ?? 'unknown' }
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => !repeated.includes(key))
      .map(([key, schema]) => [key, values[key as keyof typeof values] ?? exampleOf(schema, {}, key)]),
  )
}
