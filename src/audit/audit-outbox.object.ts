/**
 * Durable Objects that carry audit events no user object owns (client_credentials, unknown accounts) to
 * Postgres. Several shards, so that none is a bottleneck; each isolate keeps to one, so that its events travel
 * together.
 */
import { DurableObject } from 'cloudflare:workers'
import { configOf } from '../config.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import { type Placement, placeObjects } from '../kit/place-objects.ts'
import { createDeliverEvents } from './audit.store.ts'
import { createOutbox, encodeEvents, type Outbox, outboxTable } from './outbox.ts'
import type { AppendEvents } from './record-event.ts'

const shards = 8

export class AuditOutbox extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [outboxTable])
    this.#alarm = createObjectAlarm(ctx.storage)
    const deliver = (eventsJson: string) => createDeliverEvents(configOf(this.env))(eventsJson)
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, deliver)
  }

  /** Takes `count` events (JSON objects joined by commas); answers when they are on disk. */
  async append(encoded: string, count: number): Promise<void> {
    this.#outbox.append(encoded, count)
    this.#outbox.flushSoon('own')
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    await this.#outbox.flush()
  }
}

let shard: string | undefined

/** Appends to the shard of this isolate: one call. */
export const createAppendEvents =
  (namespace: DurableObjectNamespace<AuditOutbox>, placement: Placement): AppendEvents =>
  async (events) => {
    shard ??= `shard-${Math.floor(Math.random() * shards)}`
    await placeObjects(namespace, placement)(shard).append(encodeEvents(events), events.length)
  }
