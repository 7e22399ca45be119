/** Sessions in a user's object: few rows, read at every silent sign-in, so all of them are kept in memory. */
import { passwordProof } from '../authentication/factor-proofs.ts'
import type { Proof } from '../authentication/proof.ts'
import type { ObjectSchema } from '../kit/object-schema.ts'
import { sessionEnd } from './decide-session.ts'
import type { StoredSession, SubjectState } from './subject-state.ts'

export const sessionsTable = `
  CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    auth_time INTEGER NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    idle_ttl_seconds INTEGER NOT NULL,
    absolute_expires_at INTEGER NOT NULL,
    ip TEXT,
    user_agent TEXT,
    password_change_required INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

/**
 * What a sign-in proved by more than a password, which most prove alone: that follows from the session. A table of its
 * own, so that a version from before it can write sessions again after a roll-back. The place and the clients that want to
 * hear of its end stand in the first proof for the same reason: one more table would take a page of every person's storage.
 */
export const sessionProofsTable = `
  CREATE TABLE session_proofs (
    session_id TEXT PRIMARY KEY,
    proofs TEXT NOT NULL
  ) WITHOUT ROWID;
`

const allSessions = 'SELECT sessions.*, proofs FROM sessions LEFT JOIN session_proofs USING (session_id)'

export function openSessionsTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['sessions'] {
  let rows: Map<string, StoredSession> | undefined

  const loaded = (): Map<string, StoredSession> => {
    if (rows) return rows
    rows = new Map()
    if (!schema.exists()) return rows
    for (const row of sql.exec<Row>(allSessions)) rows.set(row.session_id, fromRow(row))
    return rows
  }

  return {
    find: (sessionId) => loaded().get(sessionId),
    all: () => [...loaded().values()],
    put(session) {
      schema.ensure()
      sql.exec(
        `INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        session.session_id,
        session.secret_hash,
        session.user_id,
        session.auth_time,
        session.acr,
        JSON.stringify(session.amr),
        session.created_at,
        session.last_seen_at,
        session.idle_ttl_seconds,
        session.absolute_expires_at,
        session.ip ?? null,
        session.user_agent ?? null,
        Number(session.password_change_required),
        sessionEnd(session),
      )
      if (hasProofsRow(session)) {
        sql.exec(
          'INSERT OR IGNORE INTO session_proofs VALUES (?, ?)',
          session.session_id,
          JSON.stringify(proofsWithMore(session)),
        )
      }
      loaded().set(session.session_id, session)
    },
    putParticipants(session, participants) {
      const changed = { ...session, participants }
      sql.exec(
        'INSERT OR REPLACE INTO session_proofs VALUES (?, ?)',
        session.session_id,
        JSON.stringify(proofsWithMore(changed)),
      )
      loaded().set(session.session_id, changed)
    },
    delete(sessionId) {
      if (!schema.exists()) return
      if (hasProofsRow(loaded().get(sessionId))) {
        sql.exec('DELETE FROM session_proofs WHERE session_id = ?', sessionId)
      }
      sql.exec('DELETE FROM sessions WHERE session_id = ?', sessionId)
      loaded().delete(sessionId)
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  session_id: string
  secret_hash: string
  user_id: string
  auth_time: number
  acr: string
  amr: string
  created_at: number
  last_seen_at: number
  idle_ttl_seconds: number
  absolute_expires_at: number
  ip: string | null
  user_agent: string | null
  password_change_required: number
  proofs: string | null
}

/** What is not stored: also of sessions from when a password was the only way to sign in. */
const passwordAlone = (auth_time: number): readonly Proof[] => [
  { ...passwordProof, step: 'password', at: auth_time },
]

const hasProofsRow = (session: StoredSession | undefined): boolean =>
  session?.place !== undefined || session?.participants !== undefined || !isPasswordAlone(session)

/** What stands in the first proof, although it is none. */
type More = Pick<StoredSession, 'place' | 'participants'>

const proofsWithMore = ({
  proofs: [first, ...others],
  place,
  participants,
}: StoredSession): readonly (Proof & More)[] =>
  first ? [{ ...first, ...(place && { place }), ...(participants && { participants }) }, ...others] : []

function readProofs(json: string): Pick<StoredSession, 'proofs'> & More {
  const [first, ...others] = JSON.parse(json) as (Proof & More)[]
  if (!first) return { proofs: [] }
  const { place, participants, ...proof } = first
  return { proofs: [proof, ...others], ...(place && { place }), ...(participants && { participants }) }
}

function isPasswordAlone(session: StoredSession | undefined): boolean {
  const [first, ...others] = session?.proofs ?? []
  const isPlain = first?.step === 'password' && first.second_factor_remembered === undefined
  return isPlain && first.at === session?.auth_time && others.length === 0
}

const fromRow = (row: Row): StoredSession => ({
  session_id: row.session_id,
  secret_hash: row.secret_hash,
  user_id: row.user_id,
  auth_time: row.auth_time,
  acr: row.acr,
  amr: JSON.parse(row.amr) as string[],
  created_at: row.created_at,
  last_seen_at: row.last_seen_at,
  idle_ttl_seconds: row.idle_ttl_seconds,
  absolute_expires_at: row.absolute_expires_at,
  ip: row.ip ?? undefined,
  user_agent: row.user_agent ?? undefined,
  password_change_required: row.password_change_required === 1,
  ...(row.proofs === null ? { proofs: passwordAlone(row.auth_time) } : readProofs(row.proofs)),
})
