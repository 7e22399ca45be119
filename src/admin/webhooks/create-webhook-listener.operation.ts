import { sql } from 'drizzle-orm'
import { uuidv7 } from '../../kit/ids.ts'
import { makeKeys, secretOfListeners } from '../../webhooks/seal-keys.ts'
import { answer, defineOperation } from '../operation.ts'
import { isOwnListener } from './listener-row.store.ts'
import {
  leaseSeconds,
  listenerCreation,
  listenerSchema,
  maxListeners,
  maxListenersInAll,
} from './listener-schemas.ts'
import { nudgeForFirst } from './nudge-for-first.ts'
import { assertMayReceive, insertWebhook, lockToCount, newColumns } from './webhook-row.store.ts'

export const createWebhookListener = defineOperation({
  id: 'createWebhookListener',
  method: 'post',
  path: '/admin/webhooks/listeners',
  tag: 'Webhooks',
  summary: 'Listen to events without a public address',
  description: `What \`authly webhooks listen\` does: an endpoint of the caller alone that has no address, and hands out what it would be
sent. It disappears when it has not asked for ${leaseSeconds} seconds. The secret is the caller's: the same for all their listeners. At most ${maxListeners} for each caller, and ${maxListenersInAll} in all.`,
  permission: 'admin:webhooks:write',
  body: listenerCreation,
  answers: { 201: { description: 'The listener', schema: listenerSchema } },
  problems: { 409: `The caller has ${maxListeners} already, or all callers together ${maxListenersInAll}` },
  conflicts: {
    too_many_listeners: { title: `You have ${maxListeners} listeners already: end one` },
    too_many_listeners_in_all: {
      title: `There are ${maxListenersInAll} listeners already: try again when one has ended`,
    },
  },
  async run({ actor, authorized, body, deps, event, now, writeOnce }) {
    const id = uuidv7(now)
    const keys = await makeKeys(deps.root, id, await secretOfListeners(deps.root, actor))
    const expires_at = new Date(now + leaseSeconds * 1000).toISOString()
    const row = {
      ...newColumns(id, body, authorized, now),
      ...{ kind: 'listener' as const, name: 'authly webhooks listen', expires_at },
    }
    const { secret, public_key } = keys
    const created = answer(201, { id, secret, public_key, expires_at })
    await writeOnce(
      created.value,
      [
        // Before the table is written to: two that have deleted from it wait for each other's lock.
        lockToCount,
        sql`delete from webhook_endpoints where kind = 'listener' and expires_at <= now()`,
        sql`select authly_refuse('AU409', 'too_many_listeners')
          where (select count(*) from webhook_endpoints where ${isOwnListener(actor)}) >= ${maxListeners}::int`,
        // Attack: many accounts, each within its limit, make every event cost a call for each of their listeners.
        sql`select authly_refuse('AU409', 'too_many_listeners_in_all')
          where (select count(*) from webhook_endpoints where kind = 'listener') >= ${maxListenersInAll}::int`,
        ...insertWebhook(row, keys, event, now),
      ],
      [assertMayReceive(actor)],
    )
    return created
  },
  async afterwards(call) {
    nudgeForFirst(call)
  },
})
