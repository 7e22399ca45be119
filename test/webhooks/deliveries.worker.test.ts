/** Deliveries of webhooks (Standard Webhooks 1.0.0): from the trail to a receiver. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { useOwnDatabase } from '../fakes/database.ts'
import { deliver, dispatch, happen, openWebhook } from './webhook-under-test.ts'

// Endpoints get what happens anywhere.
beforeAll(useOwnDatabase)

// Ahead of the platform's clock: alarms ring when a test says so, not by themselves.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 }))
afterEach(() => vi.useRealTimers())

describe('an event', () => {
  it('is posted once, signed, and logged', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await dispatch()
    await deliver(webhook.id)
    const [request, ...more] = await webhook.seen()
    expect(more).toEqual([])
    expect(request).toMatchObject({ method: 'POST', headers: { 'webhook-id': event.id } })
    expect(await webhook.log()).toEqual([
      expect.objectContaining({ event_id: event.id, status: 'delivered', attempts: 1, response_status: 200 }),
    ])
  })
})
