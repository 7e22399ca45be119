import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bodySchema,
  maxBodyBytes,
  payloadOf,
  subjectOf,
  type TrailEvent,
} from '../../src/webhooks/payload.ts'
import { webhookEventTypes } from '../../src/webhooks/webhook-event-types.ts'

const event = (more: Partial<TrailEvent> = {}): TrailEvent => ({
  id: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
  type: 'user.updated',
  occurred_at: '2026-11-23T09:00:00.000000Z',
  outcome: 'success',
  actor_type: 'user',
  actor_id: 'admin',
  user_id: 'ada',
  client_id: null,
  session_id: null,
  entity_type: 'user',
  entity_id: 'ada',
  request_id: 'r1',
  changes: null,
  data: {},
  ...more,
})
const parsed = (more: Partial<TrailEvent>) => JSON.parse(payloadOf(event(more), 7))
const bytes = (text: string) => new TextEncoder().encode(text).length

describe('payloadOf', () => {
  it('has type, timestamp and data (Standard Webhooks, payload structure)', () => {
    const changes = { status: { before: 'active', after: 'disabled' } }
    expect(parsed({ changes })).toEqual({
      type: 'user.updated',
      timestamp: '2026-11-23T09:00:00.000000Z',
      data: {
        id: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
        sequence: 7,
        subject: { type: 'user', id: 'ada' },
        entity: { type: 'user', id: 'ada' },
        actor: { type: 'user', id: 'admin' },
        outcome: 'success',
        user_id: 'ada',
        client_id: null,
        session_id: null,
        request_id: 'r1',
        changes,
        details: {},
      },
    })
  })

  it('carries no address, browser or place, whatever the event brings along', () => {
    const traced = {
      ...event({ type: 'session.created', data: { acr: 'a', signals: { city: 'Zurich' }, ip: '192.0.2.7' } }),
      ip: '192.0.2.7',
      user_agent: 'Browser/1',
      position: 5,
    }
    const text = payloadOf(traced, 1)
    expect(text).not.toMatch(/192\.0\.2\.7|Zurich|Browser\/1/)
    expect(JSON.parse(text).data).toMatchObject({ details: { acr: 'a' }, left_out: ['/details/signals'] })
  })

  it('names what changed without values when a field sounds like a secret', () => {
    const secret = { before: null, after: 'planted-secret' }
    const changes = {
      email: { before: 'a@example.com', after: 'b@example.com' },
      ...{ secret_hash: secret, password: secret, sealed_secret: secret, registration_token_hash: secret },
      private_jwk_sealed: secret,
    }
    const text = payloadOf(event({ changes }), 1)
    expect(text).not.toContain('planted-secret')
    const { data } = JSON.parse(text)
    expect(Object.keys(data.changes)).toEqual(['email'])
    expect(data.left_out).toEqual([
      ...['/changes/secret_hash', '/changes/password', '/changes/sealed_secret'],
      ...['/changes/registration_token_hash', '/changes/private_jwk_sealed'],
    ])
  })

  it('shows no values of a kind of entity that it does not know', () => {
    const { data } = parsed({ entity_type: 'vault', changes: { name: { before: 1, after: 'planted' } } })
    expect(data).toMatchObject({ changes: {}, left_out: ['/changes/name'] })
  })

  it('drops keys of data that the list of events does not declare, and values of another type than promised', () => {
    const { data } = parsed({
      type: 'login.failed',
      data: { method: 'password', failures: 'many', otp: '123456' },
    })
    expect(data).toMatchObject({ details: { method: 'password' }, left_out: ['/details/failures'] })
    expect(JSON.stringify(data)).not.toContain('123456')
  })

  it('omits the largest members first when a body would be larger than 20 kB, and says which', () => {
    const long = 'ä'.repeat(6_000)
    const changes = {
      profile: { before: {}, after: { about: long } },
      email: { before: 'a@example.com', after: 'b@example.com' },
      roles: { before: [], after: [long.slice(0, 5_000)] },
    }
    const text = payloadOf(event({ changes }), 1)
    expect(bytes(text)).toBeLessThanOrEqual(maxBodyBytes)
    const { data } = JSON.parse(text)
    expect(Object.keys(data.changes).sort()).toEqual(['email', 'roles'])
    expect(data.left_out).toEqual(['/changes/profile'])
  })

  it('names the whole of changes when too many of them are omitted', () => {
    const changes = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`field${index}`, { before: null, after: 'x'.repeat(1000) }]),
    )
    const text = payloadOf(event({ changes }), 1)
    expect(bytes(text)).toBeLessThanOrEqual(maxBodyBytes)
    expect(JSON.parse(text).data.left_out).toEqual(['/changes'])
  })

  it('is always JSON of the promised shape, below the limit', () => {
    const id = fc.option(fc.string({ maxLength: 500, unit: 'binary' }), { nil: null })
    const value = fc.oneof(fc.jsonValue(), fc.string({ maxLength: 30_000 }))
    const change = fc.record({ before: value, after: value })
    const arbitrary = fc.record({
      type: fc.constantFrom(...webhookEventTypes),
      user_id: id,
      client_id: id,
      entity_type: fc.constantFrom(null, 'user', 'client', 'vault'),
      entity_id: id,
      changes: fc.option(fc.dictionary(fc.string({ maxLength: 60 }), change, { maxKeys: 30 }), { nil: null }),
      data: fc.dictionary(
        fc.constantFrom('reason', 'scopes', 'method', 'detail', 'filters', 'target', 'count', 'other'),
        value,
      ),
    })
    fc.assert(
      fc.property(arbitrary, (more) => {
        const text = payloadOf(event(more), 3)
        expect(bytes(text)).toBeLessThanOrEqual(maxBodyBytes)
        const body = JSON.parse(text)
        expect(bodySchema(more.type).safeParse(body).success).toBe(true)
        // What is not sent is named.
        const sent = Object.keys(body.data.changes ?? {}).length
        if (sent < Object.keys(more.changes ?? {}).length) expect(body.data.left_out).not.toHaveLength(0)
      }),
      { numRuns: 60 },
    )
  })
})

describe('subjectOf', () => {
  it.each([
    [
      { user_id: 'u', client_id: 'c', entity_type: 'passkey', entity_id: 'p' },
      { type: 'user', id: 'u' },
    ],
    [
      { user_id: null, client_id: 'c', entity_type: 'client_secret', entity_id: 's' },
      { type: 'client', id: 'c' },
    ],
    [
      { user_id: null, entity_type: 'role', entity_id: 'auditor', client_id: 'cli' },
      { type: 'role', id: 'auditor' },
    ],
    [
      { user_id: null, entity_type: null, entity_id: null, client_id: 'c' },
      { type: 'client', id: 'c' },
    ],
    [{ user_id: null, entity_type: null, entity_id: null, client_id: null }, null],
  ])('%j: %j', (more, expected) => {
    expect(subjectOf(event(more))).toEqual(expected)
  })
})
