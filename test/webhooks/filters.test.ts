import { describe, expect, it } from 'vitest'
import { matches, typesOf, type WebhookFilter, webhookFilter } from '../../src/webhooks/filters.ts'
import { webhookEventTypes } from '../../src/webhooks/webhook-event-types.ts'

const event = {
  type: 'user.updated',
  outcome: 'success',
  client_id: 'shop',
  user_id: 'ada',
  actor_id: 'grace',
}
const filter = (more: Partial<WebhookFilter>): WebhookFilter => ({ event_types: ['*'], ...more })

describe('matches', () => {
  it.each([
    [['*'], true],
    [['user.*'], true],
    [['user.updated'], true],
    [['session.*', 'user.updated'], true],
    [['user.created'], false],
    [['session.*'], false],
  ])('%j of user.updated: %s', (event_types, expected) => {
    expect(matches({ event_types }, event)).toBe(expected)
  })

  it('takes user.* for a family, not for the beginning of another type', () => {
    expect(matches({ event_types: ['client.*'] }, { ...event, type: 'client.updated' })).toBe(true)
    expect(matches({ event_types: ['recovery.*'] }, { ...event, type: 'recovery_code.used' })).toBe(false)
  })

  it.each([
    [{ client_ids: ['shop', 'other'] }, true],
    [{ client_ids: ['other'] }, false],
    [{ user_ids: ['ada'] }, true],
    [{ user_ids: ['grace'] }, false],
    [{ actor_ids: ['grace'] }, true],
    [{ actor_ids: ['ada'] }, false],
    [{ outcome: 'success' as const }, true],
    [{ outcome: 'failure' as const }, false],
    [{ client_ids: ['shop'], user_ids: ['grace'] }, false],
  ])('%j: %s', (more, expected) => {
    expect(matches(filter(more), event)).toBe(expected)
  })

  it('an event that names no client is not one of any client', () => {
    expect(matches(filter({ client_ids: ['shop'] }), { ...event, client_id: null })).toBe(false)
  })

  it.each(['token.issued', 'audit.events_removed', 'no.such'])('never sends %s, not even to *', (type) => {
    expect(matches(filter({}), { ...event, type })).toBe(false)
  })

  it('a test is always sent', () => {
    expect(matches({ event_types: ['user.created'] }, { ...event, type: 'webhook.test' })).toBe(true)
  })
})

describe('webhookFilter', () => {
  it.each([['user.*'], ['*'], ['user.created', 'session.ended']])('accepts %s', (...event_types) => {
    expect(webhookFilter.parse({ event_types })).toEqual({ event_types })
  })

  it.each([
    { event_types: [] },
    { event_types: ['user'] },
    { event_types: ['user.'] },
    { event_types: ['users.*'] },
    { event_types: ['*.created'] },
    { event_types: ['user.*.*'] },
    { event_types: ['token.issued'] },
    { event_types: ['token.*', 'token.*'] },
    { event_types: ['*'], client_ids: [] },
    { event_types: ['*'], client_ids: ['a\u0000'] },
    { event_types: ['*'], outcome: 'maybe' },
    { event_types: ['*'], ip: '192.0.2.1' },
    {},
  ])('refuses %j', (input) => {
    expect(webhookFilter.safeParse(input).success).toBe(false)
  })
})

describe('typesOf', () => {
  it('lists what patterns stand for, as matches decides', () => {
    for (const patterns of [['*'], ['user.*', 'session.ended'], ['token.*']]) {
      const expected = webhookEventTypes.filter(
        (type) => type !== 'webhook.test' && matches({ event_types: patterns }, { ...event, type }),
      )
      expect(typesOf(patterns)).toEqual(expected)
      expect(expected).not.toHaveLength(0)
    }
  })
})
