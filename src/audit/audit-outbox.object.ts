/**
 * Durable Objects that deliver audit events belonging to no user object (client_credentials, unknown accounts) to
 * Postgres. There are several shards, so that none is a bottleneck; each isolate uses one, so that its events are
 * delivered together.
 */
import { DurableObject } from 'cloudflare:workers'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { Backlog } from './backlog.ts'
import type { AuditEvent } from './event.ts'
import { createOutbox, encodeEvents, type Outbox, outboxTable } from './outbox.ts'
import type { AppendEvents } from './record-event.ts'
import { createRepeatedEvents, type RepeatedEvents, repetitionsTable } from './repeated-events.table.ts'
import { isCounted } from './repeated-events.ts'
import type { ReadOutboxes } from './waiting-events.ts'

const shards = 8

export class AuditOutbox extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #outbox: Outbox
  readonly #repeated: RepeatedEvents

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [outboxTable, repetitionsTable])
    this.#alarm = createObjectAlarm(ctx)
    const deliver = async (eventsJson: string) => {
      const { createDeliverEvents } = await import('./deliver-events.store.ts')
      await createDeliverEvents(this.env)(eventsJson)
    }
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, deliver)
    this.#repeated = createRepeatedEvents(ctx.storage.sql, isCounted)
  }

  /**
   * Takes `count` events (JSON objects joined by commas); returns when they are on disk.
   * @param mayRepeat whether any of them is of a counted kind; otherwise they are not even parsed
   */
  async append(encoded: string, count: number, mayRepeat = false): Promise<void> {
    if (!mayRepeat) {
      this.#outbox.append(encoded, count)
      this.#outbox.flushSoon('own')
      return
    }
    this.#schema.ensure()
    const events = JSON.parse(`[${encoded}]`) as readonly AuditEvent[]
    this.#record(() => this.#repeated.take(events, Date.now()))
  }

  /** How many events wait for Postgres, and since when (milliseconds since the Unix epoch). */
  waiting(): { readonly events: number; readonly since: number } | undefined {
    return this.#outbox.waiting()
  }

  /** What waits here for Postgres. Writes nothing. */
  backlog(): Backlog {
    return this.#outbox.backlog()
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    if (this.#schema.exists()) this.#record(() => this.#repeated.endWindows(Date.now()))
    await this.#outbox.flush()
  }

  /** The counts and the events they cause change in one transaction. */
  #record(change: () => readonly AuditEvent[]): void {
    const events = this.ctx.storage.transactionSync(() => {
      const events = change()
      if (events.length > 0) this.#outbox.append(encodeEvents(events), events.length)
      return events
    })
    if (events.length > 0) this.#outbox.flushSoon('own')
    const next = this.#repeated.nextEnd()
    if (next !== undefined) this.#alarm.ringBy(next)
  }
}

const nameOf = (index: number): string => `shard-${index}`

let shard: string | undefined

/** Appends to this isolate's shard: one call. */
export const createAppendEvents =
  (namespace: DurableObjectNamespace<AuditOutbox>, placement: Placement): AppendEvents =>
  async (events) => {
    shard ??= nameOf(Math.floor(Math.random() * shards))
    const place = observedObjects('AuditOutbox', namespace, placement)
    await place(shard).append(encodeEvents(events), events.length, events.some(isCounted))
  }

/** How much waits in each shard, counted. Rejects when one does not answer. */
export const createReadOutboxes =
  (namespace: DurableObjectNamespace<AuditOutbox>, placement: Placement): ReadOutboxes =>
  () =>
    askEach(namespace, placement, async (object, name) => {
      const waiting = await object.waiting()
      return { name, events: waiting?.events ?? 0, since: waiting?.since }
    })

/** Whether each shard delivers: a lookup there, for whoever asks often. Rejects when one does not answer. */
export const createReadBacklogs =
  (namespace: DurableObjectNamespace<AuditOutbox>, placement: Placement) => (): Promise<readonly Backlog[]> =>
    askEach(namespace, placement, async (object) => {
      const { waiting, lateSince } = await object.backlog()
      return { waiting, lateSince }
    })

function askEach<T>(
  namespace: DurableObjectNamespace<AuditOutbox>,
  placement: Placement,
  ask: (object: DurableObjectStub<AuditOutbox>, name: string) => Promise<T>,
): Promise<T[]> {
  const place = observedObjects('AuditOutbox', namespace, placement)
  const names = Array.from({ length: shards }, (_, index) => nameOf(index))
  return Promise.all(names.map((name) => ask(place(name), name)))
}
