import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { signedHeaders } from '../../webhooks/deliver-webhook.ts'
import { selectTrailEvents, trailEventsOf } from '../../webhooks/outbox.store.ts'
import { payloadOf } from '../../webhooks/payload.ts'
import type { SealedKeys } from '../../webhooks/webhook-endpoint.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { isOwnListener } from './listener-row.store.ts'
import { leaseSeconds, listenerParam, takeBody, takenSchema } from './listener-schemas.ts'
import { assertMayReceive } from './webhook-row.store.ts'

export const takeWebhookEvents = defineOperation({
  id: 'takeWebhookEvents',
  method: 'post',
  path: '/admin/webhooks/listeners/{listener_id}/take',
  tag: 'Webhooks',
  summary: 'Take the events of a listener',
  description:
    'Waits until there are some, or the time is over. Each has the headers and the body of the request that an endpoint would get. What is not named in `received` is handed out again.',
  permission: 'admin:webhooks:write',
  params: listenerParam,
  body: takeBody,
  answers: { 200: { description: 'Events, the oldest first', schema: takenSchema } },
  async run({ actor, body, db, deps, params: { listener_id: id } }) {
    const [, [listener] = []] = await db.runAll([
      assertMayReceive(actor),
      sql`
        update webhook_endpoints set expires_at = now() + make_interval(secs => ${leaseSeconds})
        where id = ${id}::uuid and ${isOwnListener(actor)} and enabled and expires_at > now()
        returning to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as expires_at, (
          select jsonb_agg(to_jsonb(keys) order by keys.created_at desc)
          from webhook_keys as keys where webhook_id = webhook_endpoints.id) as keys`,
    ])
    if (!listener) return err(notFound)
    const expires_at = String(listener['expires_at'])
    const due = await deps.webhookOutboxOf(id).take(body.received, body.wait_seconds * 1000)
    if (due.length === 0) return answer(200, { items: [], expires_at })
    // What the caller may read is asked again: the wait was long.
    const [, rows = []] = await db.runAll([
      assertMayReceive(actor),
      selectTrailEvents(due.map(({ event_id }) => event_id)),
    ])
    const events = trailEventsOf(rows)
    const keys = listener['keys'] as readonly SealedKeys[]
    const items = due.flatMap(({ event_id, position, type }) => {
      const event = events.get(event_id)
      return event ? [{ event_id, type, body: payloadOf(event, position) }] : []
    })
    const needs = { now: deps.now, root: deps.root }
    const signed = await Promise.all(
      items.map(async (item) => ({
        ...item,
        headers: await signedHeaders(needs, { ...item, webhook_id: id, keys }),
      })),
    )
    return answer(200, { items: signed, expires_at })
  },
})
