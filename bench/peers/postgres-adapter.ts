/**
 * A Postgres adapter for oidc-provider in the shape of its documented example adapters: one row per model
 * instance with a JSON payload. Named (prepared) statements, which is the fast way to use `pg`.
 */
import pg from 'pg'

interface Payload {
  readonly uid?: string
  readonly userCode?: string
  readonly grantId?: string
  readonly [claim: string]: unknown
}

const schema = `
  CREATE TABLE IF NOT EXISTS oidc_payloads (
    model text NOT NULL,
    id text NOT NULL,
    payload jsonb NOT NULL,
    grant_id text,
    user_code text,
    uid text,
    expires_at timestamptz,
    consumed_at timestamptz,
    PRIMARY KEY (model, id)
  );
  CREATE INDEX IF NOT EXISTS oidc_payloads_grant ON oidc_payloads (grant_id);
  CREATE INDEX IF NOT EXISTS oidc_payloads_user_code ON oidc_payloads (user_code) WHERE user_code IS NOT NULL;
  CREATE INDEX IF NOT EXISTS oidc_payloads_uid ON oidc_payloads (uid) WHERE uid IS NOT NULL;
`

const columns = `payload, extract(epoch FROM consumed_at)::bigint AS consumed`
const live = '(expires_at IS NULL OR expires_at > now())'

/** Makes the table when missing. */
export async function preparePostgres(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: 20 })
  await pool.query(schema)
  return pool
}

/** The adapter class for `new Provider(issuer, { adapter })`. */
export function postgresAdapter(pool: pg.Pool) {
  return class PostgresAdapter {
    readonly model: string
    constructor(model: string) {
      this.model = model
    }

    async upsert(id: string, payload: Payload, expiresInSeconds?: number): Promise<void> {
      await pool.query({
        name: 'upsert',
        text: `INSERT INTO oidc_payloads (model, id, payload, grant_id, user_code, uid, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
               ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
                 user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`,
        values: [
          ...[
            this.model,
            id,
            payload,
            payload.grantId ?? null,
            payload.userCode ?? null,
            payload.uid ?? null,
          ],
          expiresInSeconds ?? null,
        ],
      })
    }

    find(id: string): Promise<Payload | undefined> {
      return this.#select(
        'find',
        `SELECT ${columns} FROM oidc_payloads WHERE model = $1 AND id = $2 AND ${live}`,
        id,
      )
    }

    findByUid(uid: string): Promise<Payload | undefined> {
      return this.#select(
        'by-uid',
        `SELECT ${columns} FROM oidc_payloads WHERE model = $1 AND uid = $2 AND ${live}`,
        uid,
      )
    }

    findByUserCode(code: string): Promise<Payload | undefined> {
      const text = `SELECT ${columns} FROM oidc_payloads WHERE model = $1 AND user_code = $2 AND ${live}`
      return this.#select('by-user-code', text, code)
    }

    async consume(id: string): Promise<void> {
      const text = 'UPDATE oidc_payloads SET consumed_at = now() WHERE model = $1 AND id = $2'
      await pool.query({ name: 'consume', text, values: [this.model, id] })
    }

    async destroy(id: string): Promise<void> {
      const text = 'DELETE FROM oidc_payloads WHERE model = $1 AND id = $2'
      await pool.query({ name: 'destroy', text, values: [this.model, id] })
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      const text = 'DELETE FROM oidc_payloads WHERE model = $1 AND grant_id = $2'
      await pool.query({ name: 'revoke', text, values: [this.model, grantId] })
    }

    async #select(name: string, text: string, key: string): Promise<Payload | undefined> {
      const { rows } = await pool.query<{ payload: Payload; consumed: string | null }>({
        name,
        text,
        values: [this.model, key],
      })
      const row = rows[0]
      if (!row) return undefined
      return row.consumed === null ? row.payload : { ...row.payload, consumed: Number(row.consumed) }
    }
  }
}
