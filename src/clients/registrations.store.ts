/** Registrations of clients in Postgres; every write is one statement with its audit event. */
import { type SQL, sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import { firstRow, tableRow } from '../db/json-row.ts'
import type { RunBatch } from '../db/run-batch.ts'
import { clients } from '../db/schema.ts'
import { selectClient, toLoadedClient } from './clients.store.ts'
import type { Profile } from './profile.ts'
import type { ClientColumns, RegistrationStore, StoredRegistration, StoredSecret } from './registrations.ts'

const clientRow = tableRow(clients)

export function createRegistrationStore(runBatch: RunBatch): RegistrationStore {
  const written = async (clientId: string, statement: SQL) => {
    const [rows, cached] = await runBatch([statement, selectClient(clientId)])
    const row = firstRow(clientRow, rows) as StoredRegistration | undefined
    return row && { row, loaded: toLoadedClient(cached ?? []) }
  }
  return {
    async findInitialAccessToken(hash) {
      const [rows] = await runBatch([
        sql`select id, profile from initial_access_tokens where token_hash = ${hash} and ${isUsable}`,
      ])
      const [row] = (rows ?? []) as readonly { id: string; profile: Profile | null }[]
      return row && { id: row.id, profile: row.profile ?? undefined }
    },

    register: ({ columns, secret, initialAccessTokenHash: hash, event }) =>
      written(
        columns['client_id'] as string,
        sql`
          with permitted as (${hash === undefined ? sql`select 1` : spend(hash)}), changed as (
            insert into clients (${names(columns)})
            select ${names(columns)} from jsonb_populate_record(null::clients, ${JSON.stringify(columns)}::jsonb), permitted
            returning *
          ), ${withSecret(secret)} recorded as (${insertEventPerRow(sql`changed`, {
            ...event,
            changes: sql`authly_changes('{}'::jsonb, ${shown('changed')})`,
          })})
          select to_jsonb(changed) as row from changed`,
      ),

    async find(clientId) {
      const [rows] = await runBatch([
        sql`select ${clientRow.json} as row from clients
          where client_id = ${clientId} and origin = 'registration' and enabled`,
      ])
      return firstRow(clientRow, rows) as StoredRegistration | undefined
    },

    async hasSecret(clientId, hash) {
      const [rows = []] = await runBatch([
        sql`select 1 from client_secrets where client_id = ${clientId} and secret_hash = ${hash}
          and (expires_at is null or expires_at > now())`,
      ])
      return rows.length > 0
    },

    replace: ({ clientId, version, columns, secrets, event }) =>
      written(
        clientId,
        sql`
          with current as materialized (
            select * from clients where client_id = ${clientId} and version = ${version} and enabled for update
          ), changed as (
            update clients as target
            set (${names(columns)}) = (
                select ${names(columns)} from jsonb_populate_record(null::clients, ${JSON.stringify(columns)}::jsonb)),
              version = target.version + 1, updated_at = now()
            from current where target.client_id = current.client_id
            returning target.*
          ), dropped as (
            delete from client_secrets using changed
            where client_secrets.client_id = changed.client_id and ${secrets !== 'keep'}
          ), ${withSecret(typeof secrets === 'string' ? undefined : secrets)} recorded as (${insertEventPerRow(
            sql`current, changed`,
            { ...event, changes: sql`authly_changes(${shown('current')}, ${shown('changed')})` },
          )})
          select to_jsonb(changed) as row from changed`,
      ),

    async delete(clientId, event) {
      await runBatch([
        sql`
          with changed as (
            delete from clients where client_id = ${clientId} and origin = 'registration' returning *
          ), recorded as (${insertEventPerRow(sql`changed`, {
            ...event,
            changes: sql`authly_changes(${shown('changed')}, '{}'::jsonb)`,
          })})
          select 1 from changed`,
      ])
    },

    async keepDocument({ columns, registered, changed }) {
      // The last condition: what an administrator decided about it stays, until the document differs.
      const [, cached] = await runBatch([
        sql`
          with given as (
            select * from jsonb_populate_record(null::clients, ${JSON.stringify(columns)}::jsonb)
          ), former as materialized (
            select * from clients where client_id = ${columns['client_id']} for update
          ), added as (
            insert into clients (${names(columns)}) select ${names(columns)} from given
            on conflict (client_id) do nothing returning *
          ), recorded as (${insertEventPerRow(sql`added`, {
            ...registered,
            changes: sql`authly_changes('{}'::jsonb, ${shown('added')})`,
          })}), changed as (
            update clients as target
            set (${names(columns)}) = (select ${names(columns)} from given), first_party = false,
              version = target.version + 1, updated_at = now()
            from former
            where target.client_id = former.client_id and target.origin = 'document'
              and former.fingerprint is distinct from ${columns['fingerprint']}
            returning target.*
          ), told as (${insertEventPerRow(sql`former, changed`, {
            ...changed,
            changes: sql`authly_changes(${shown('former')}, ${shown('changed')})`,
          })})
          select 1`,
        selectClient(columns['client_id'] as string),
      ])
      return toLoadedClient(cached ?? [])
    },
  }
}

const isUsable = sql`expires_at > now() and uses_left > 0`

/** Locks the row: of parallel uses each sees what the one before has left. */
const spend = (hash: string): SQL => sql`
  update initial_access_tokens set uses_left = uses_left - 1, version = version + 1, updated_at = now()
  where token_hash = ${hash} and ${isUsable} returning 1`

const withSecret = (secret: StoredSecret | undefined): SQL =>
  secret === undefined
    ? sql``
    : sql`secret as (
        insert into client_secrets (id, client_id, secret_hash)
        select ${secret.id}::uuid, client_id, ${secret.secret_hash} from changed
      ),`

const names = (columns: ClientColumns): SQL =>
  sql.join(
    Object.keys(columns).map((name) => sql.identifier(name)),
    sql`, `,
  )

const shown = (alias: string): SQL => sql.raw(`(to_jsonb(${alias}) - 'registration_token_hash')`)
