import { describe, expect, it } from 'vitest'
import { auditEventTypes } from '../../src/audit/event-types.ts'
import { detailSchemas, unsentDetails } from '../../src/webhooks/detail-schemas.ts'
import { bodySchema } from '../../src/webhooks/payload.ts'
import { definitionOf, unsentEventTypes, webhookEventTypes } from '../../src/webhooks/webhook-event-types.ts'

describe('event types of webhooks', () => {
  it('are those of the audit trail, but for the ones that are left out, and the test', () => {
    const expected = auditEventTypes.filter((type) => !(type in unsentEventTypes))
    expect(webhookEventTypes).toEqual([...expected, 'webhook.test'])
    expect(webhookEventTypes).toEqual(expect.arrayContaining(['user.created', 'session.ended']))
  })

  it.each(webhookEventTypes)('%s has the form of Standard Webhooks, two parts of [a-zA-Z0-9_]', (type) => {
    expect(type).toMatch(/^[a-z0-9_]+\.[a-z0-9_]+$/)
    expect(() => bodySchema(type)).not.toThrow()
  })

  it('know the type of every detail, and of none that no event has', () => {
    const declared = new Set(webhookEventTypes.flatMap((type) => Object.keys(definitionOf(type).data ?? {})))
    expect([...declared].filter((key) => !unsentDetails.has(key)).sort()).toEqual(
      Object.keys(detailSchemas).sort(),
    )
  })
})
