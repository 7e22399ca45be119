/**
 * One shard of the metrics. It counts in memory and loses nothing: each hand-over is one row of a journal before it is
 * answered, and every `journalRows` of them the sums are stored and the journal begins again. Rows are overwritten, not
 * deleted: a hand-over costs one written row.
 */
import { DurableObject } from 'cloudflare:workers'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import type { HandOver } from './hand-over.ts'
import { type Family, toFamilies } from './metric-families.ts'
import {
  type Arrival,
  addArrival,
  isCountedAlready,
  openShard,
  pruneShard,
  type ShardState,
  storeShard,
} from './metric-shard.ts'

const tables = `
  CREATE TABLE journal (slot INTEGER PRIMARY KEY, generation INTEGER NOT NULL, arrival TEXT NOT NULL);
  CREATE TABLE snapshot (part INTEGER PRIMARY KEY, generation INTEGER NOT NULL, text TEXT NOT NULL);
`
export const journalRows = 64
/** Characters; a value may have 2 MB, and a character up to 3 bytes. */
const partLength = 500_000

/** What a scrape reads of one shard. */
export interface ShardReading {
  readonly families: readonly Family[]
  /** How many isolates handed over in the last minute. */
  readonly isolates: number
}

interface Opened {
  readonly state: ShardState
  /** Rows of the journal with another one are left over from before the last snapshot. */
  generation: number
  /** The next row of the journal. */
  slot: number
}

export class MetricsObject extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  #opened: Opened | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [tables])
  }

  /** Counts a hand-over, once; returns when it is on disk. */
  take(handOver: HandOver): void {
    const opened = this.#open()
    if (isCountedAlready(opened.state, handOver)) return
    const arrival: Arrival = { handOver, at: Date.now() }
    try {
      this.ctx.storage.transactionSync(() => this.#keep(opened, arrival))
    } catch (error) {
      // The sums may be ahead of the tables.
      this.#opened = undefined
      this.#schema.forget()
      throw error
    }
  }

  read(): ShardReading {
    const { state } = this.#open()
    const since = Date.now() - 60_000
    return {
      families: toFamilies(state.families),
      isolates: [...state.isolates.values()].filter(({ seenAt }) => seenAt >= since).length,
    }
  }

  #open(): Opened {
    this.#opened ??= this.#schema.exists() ? this.#load() : { state: openShard(), generation: 1, slot: 0 }
    return this.#opened
  }

  #load(): Opened {
    const { sql } = this.ctx.storage
    const parts = sql
      .exec<{ generation: number; text: string }>('SELECT generation, text FROM snapshot ORDER BY part')
      .toArray()
    const generation = parts[0]?.generation ?? 1
    const stored = parts.map(({ text }) => text).join('')
    const state = openShard(stored === '' ? undefined : JSON.parse(stored))
    const arrivals = sql
      .exec<{ arrival: string }>('SELECT arrival FROM journal WHERE generation = ? ORDER BY slot', generation)
      .toArray()
    for (const { arrival } of arrivals) addArrival(state, JSON.parse(arrival))
    return { state, generation, slot: arrivals.length }
  }

  #keep(opened: Opened, arrival: Arrival): void {
    const { sql } = this.ctx.storage
    this.#schema.ensure()
    addArrival(opened.state, arrival)
    if (opened.slot < journalRows) {
      sql.exec(
        `INSERT INTO journal (slot, generation, arrival) VALUES (?, ?, ?)
         ON CONFLICT (slot) DO UPDATE SET generation = excluded.generation, arrival = excluded.arrival`,
        ...[opened.slot, opened.generation, JSON.stringify(arrival)],
      )
      opened.slot++
      return
    }
    pruneShard(opened.state, arrival.at)
    const text = JSON.stringify(storeShard(opened.state))
    opened.generation++
    opened.slot = 0
    sql.exec('DELETE FROM snapshot')
    for (let part = 0; part * partLength < text.length; part++) {
      const piece = text.slice(part * partLength, (part + 1) * partLength)
      sql.exec(
        'INSERT INTO snapshot (part, generation, text) VALUES (?, ?, ?)',
        part,
        opened.generation,
        piece,
      )
    }
  }
}
