/** Durable Objects that remember used values, one per scope (a client), and their client. */
import { DurableObject } from 'cloudflare:workers'
import { sha256 } from '../kit/hash.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { SpendOnce, WasSpent } from './single-use.ts'

const spentTable = `
  CREATE TABLE spent (value_hash TEXT PRIMARY KEY, keep_until INTEGER NOT NULL) WITHOUT ROWID;
`

/** Isolates' clocks differ: a value is remembered for longer than any of them accepts it. */
const clockToleranceMs = 60_000
const pruneIntervalMs = 300_000

export class SingleUse extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [spentTable])
    this.#alarm = createObjectAlarm(ctx)
  }

  /** @returns false when `valueHash` was used before */
  async spend(valueHash: string, expiresAt: number): Promise<boolean> {
    this.#schema.ensure()
    const keepUntil = Math.max(expiresAt, Date.now()) + clockToleranceMs
    const { rowsWritten } = this.ctx.storage.sql.exec(
      'INSERT OR IGNORE INTO spent VALUES (?, ?)',
      valueHash,
      keepUntil,
    )
    if (rowsWritten === 0) return false
    this.#alarm.ringBy(Math.max(keepUntil, Date.now() + pruneIntervalMs))
    return true
  }

  /** Whether `valueHash` was used before. */
  async isSpent(valueHash: string): Promise<boolean> {
    if (!this.#schema.exists()) return false
    const found = this.ctx.storage.sql.exec('SELECT 1 FROM spent WHERE value_hash = ?', valueHash)
    return found.toArray().length > 0
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    if (!this.#schema.exists()) return
    const { sql } = this.ctx.storage
    sql.exec('DELETE FROM spent WHERE keep_until <= ?', Date.now())
    const { next } = sql.exec<{ next: number | null }>('SELECT min(keep_until) AS next FROM spent').one()
    if (next === null) await this.#schema.drop()
    else this.#alarm.ringBy(Math.max(next, Date.now() + pruneIntervalMs))
  }
}

/** Marks values as used in the object of their scope: one call. */
export function createSpendOnce(
  namespace: DurableObjectNamespace<SingleUse>,
  placement: Placement,
): SpendOnce {
  const objectOf = observedObjects('SingleUse', namespace, placement)
  // Hashed, because the client chooses the value in its assertion.
  return async (scope, value, expiresAt) => objectOf(scope).spend(await sha256(value), expiresAt)
}

/** Asks the object of their scope: one call. */
export function createWasSpent(namespace: DurableObjectNamespace<SingleUse>, placement: Placement): WasSpent {
  const objectOf = observedObjects('SingleUse', namespace, placement)
  return async (scope, value) => objectOf(scope).isSpent(await sha256(value))
}
