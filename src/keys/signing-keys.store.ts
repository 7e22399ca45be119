/**
 * Signing keys in Postgres. Every change and its audit event are one statement or one batch, guarded by the unique
 * indexes "one current" and "one next" per algorithm: concurrent writers create one key and one event.
 */

import { sql } from 'drizzle-orm'
import type { AuditEvent } from '../audit/event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { instantOf } from '../db/fragments.ts'
import type { Row } from '../db/run-batch.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import type { GeneratedKey } from './generate-key.ts'
import type { SigningKeyWrites } from './rotate-keys.ts'
import type { SigningKeyRow } from './signing-key-row.ts'

interface KeysRow extends Record<string, unknown> {
  readonly read_at: string
  readonly keys: (Omit<SigningKeyRow, 'activated_at' | 'retired_at'> & {
    activated_at: number | null
    retired_at: number | null
  })[]
}

const milliseconds = (column: string) => sql.raw(`floor(extract(epoch from ${column}) * 1000)::bigint`)

/**
 * One row for `toLoadedKeys`. Its version is the time of this statement, so that a reader that waited for a lock
 * gets the later version.
 */
export const selectSigningKeys = sql`
  select ${milliseconds('clock_timestamp()')}::text as read_at, coalesce(json_agg(json_build_object(
    'kid', kid, 'alg', alg, 'status', status, 'public_jwk', public_jwk,
    'private_jwk_sealed', private_jwk_sealed, 'binding', binding, 'created_at', ${milliseconds('created_at')},
    'activated_at', ${milliseconds('activated_at')}, 'retired_at', ${milliseconds('retired_at')}
  ) order by created_at, kid), '[]'::json) as keys
  from signing_keys`

/** Converts rows of `selectSigningKeys` for the edge cache. */
export function toLoadedKeys(rows: readonly Row[]): Loaded<readonly SigningKeyRow[]> {
  const [row] = rows as readonly KeysRow[]
  if (!row) throw new Error('the signing key query returned no row')
  const value = row.keys.map((key) => ({
    ...key,
    activated_at: key.activated_at ?? undefined,
    retired_at: key.retired_at ?? undefined,
  }))
  return { value, version: Number(row.read_at) }
}

/** All keys, private halves sealed, in one round trip; the version is the database's clock (milliseconds). */
export async function loadSigningKeys(database: Database): Promise<Loaded<readonly SigningKeyRow[]>> {
  const { rows } = await database.execute<Row>(selectSigningKeys)
  return toLoadedKeys(rows)
}

/** Stores a key unless its algorithm already has one in that `status`; then nothing is written, no event either. */
export async function insertSigningKey(
  database: Database,
  input: {
    readonly key: GeneratedKey
    readonly event: AuditEvent
  },
): Promise<void> {
  const { key, event } = input
  const activatedAt = key.activated_at === undefined ? sql`null` : instantOf(key.activated_at)
  await database.execute(sql`
    with changed as (
      insert into signing_keys (kid, alg, status, public_jwk, private_jwk_sealed, binding, created_at, activated_at)
      values (${key.kid}, ${key.alg}, ${key.status}, ${JSON.stringify(key.public_jwk)}::jsonb,
        ${key.private_jwk_sealed}, ${key.binding}, ${instantOf(key.created_at)}, ${activatedAt})
      on conflict do nothing returning kid
    ) ${insertEventPerRow(sql`changed`, event)}`)
}

/**
 * Retires the current key (if any) and activates the next one in one transaction; changes nothing if it loses a
 * race.
 */
async function promoteSigningKey(
  database: Database,
  input: Parameters<SigningKeyWrites['promote']>[0],
): Promise<void> {
  const { alg, retireKid, activateKid, at } = input
  await database.batch([
    database.execute(sql`
      with changed as (
        update signing_keys set status = 'retired', retired_at = ${instantOf(at)}
        where kid = ${retireKid ?? ''} and status = 'current'
          and exists (select 1 from signing_keys where kid = ${activateKid} and status = 'next')
        returning kid
      ) ${insertEventPerRow(sql`changed`, input.retired)}`),
    database.execute(sql`
      with changed as (
        update signing_keys set status = 'current', activated_at = ${instantOf(at)}
        where kid = ${activateKid} and status = 'next'
          and not exists (select 1 from signing_keys where alg = ${alg} and status = 'current')
        returning kid
      ) ${insertEventPerRow(sql`changed`, input.activated)}`),
  ])
}

/** Stores newly sealed values, unless the key has changed since it was read. */
async function rebindSigningKey(
  database: Database,
  input: {
    readonly row: Pick<SigningKeyRow, 'kid' | 'status' | 'private_jwk_sealed'>
    readonly binding: string
    readonly private_jwk_sealed: string
  },
): Promise<void> {
  const { row } = input
  await database.execute(sql`
    update signing_keys set binding = ${input.binding}, private_jwk_sealed = ${input.private_jwk_sealed}
    where kid = ${row.kid} and status = ${row.status} and private_jwk_sealed = ${row.private_jwk_sealed}`)
}

/** Deletes a retired key, its private half included. */
async function removeSigningKey(
  database: Database,
  input: { readonly kid: string; readonly event: AuditEvent },
): Promise<void> {
  await database.execute(sql`
    with changed as (
      delete from signing_keys where kid = ${input.kid} and status = 'retired' returning kid
    ) ${insertEventPerRow(sql`changed`, input.event)}`)
}

/** The writes of a rotation. */
export const createSigningKeyWrites = (database: Database): SigningKeyWrites => ({
  insert: (input) => insertSigningKey(database, input),
  promote: (input) => promoteSigningKey(database, input),
  remove: (input) => removeSigningKey(database, input),
  rebind: (input) => rebindSigningKey(database, input),
})
