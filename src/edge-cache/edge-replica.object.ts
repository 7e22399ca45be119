/**
 * The regional replica as a Durable Object: one per region, SQLite, a row per key. Cold isolates read it, and warm
 * ones every half minute, so a warm request never waits for it.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Config } from '../config.ts'
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import { type Replica, type ReplicaEntry, replicaRetentionMilliseconds, supersedes } from './replica.ts'

const purgeIntervalMilliseconds = 24 * 3600_000

/** A thin shell over one table; `supersedes` decides what is stored. */
export class EdgeReplica extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec(
      'create table if not exists entries (key text primary key, value text not null, version integer not null, loaded_at integer not null) without rowid',
    )
  }

  read(key: string): ReplicaEntry | undefined {
    const [row] = this.ctx.storage.sql
      .exec<{ value: string; version: number; loaded_at: number }>(
        'select value, version, loaded_at from entries where key = ?',
        key,
      )
      .toArray()
    return row && { value: row.value, version: row.version, loadedAt: row.loaded_at }
  }

  async write(key: string, entry: ReplicaEntry): Promise<void> {
    if (!supersedes(entry, this.read(key))) return
    this.ctx.storage.sql.exec(
      'insert or replace into entries (key, value, version, loaded_at) values (?, ?, ?, ?)',
      key,
      entry.value,
      entry.version,
      entry.loadedAt,
    )
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + purgeIntervalMilliseconds)
    }
  }

  /** Deletes what has not been renewed for a day. */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    sql.exec('delete from entries where loaded_at < ?', Date.now() - replicaRetentionMilliseconds)
    const kept = sql.exec<{ count: number }>('select count(*) as count from entries').one().count
    if (kept > 0) await this.ctx.storage.setAlarm(Date.now() + purgeIntervalMilliseconds)
  }
}

/** The replica of this region. Makes no call until used. */
export function createObjectReplica(
  namespace: DurableObjectNamespace<EdgeReplica>,
  config: Placement & Pick<Config, 'region'>,
): Replica {
  const place = observedObjects('EdgeReplica', namespace, config)
  const stub = () => place(config.region)
  return {
    async get(key) {
      const entry = await stub().read(key)
      return entry && { value: entry.value, version: entry.version, loadedAt: entry.loadedAt }
    },
    put: async (key, entry) => {
      await stub().write(key, entry)
    },
  }
}
