/** The tables of one subject's object as the `SubjectState` that the rules use, and their pruning. */
import type { AuditEvent } from '../audit/event.ts'
import { outboxTable } from '../audit/outbox.ts'
import { repetitionsTable } from '../audit/repeated-events.table.ts'
import type { ObjectSchema } from '../kit/object-schema.ts'
import { openAccountCopy } from './account-copy.table.ts'
import { consentsTable, openConsentsTable } from './consents.table.ts'
import { delegationsTable, openDelegationsTable } from './delegations.table.ts'
import { type LogoutsDue, openDueLogouts } from './due-logouts.table.ts'
import { grantsTable, openGrantsTable } from './grants.table.ts'
import { knownDevicesTable, openKnownDevicesTable, rememberedFactorsTable } from './known-devices.table.ts'
import { loginAttemptsTable, openLoginAttemptsTable } from './login-attempts.table.ts'
import { openOtpUses } from './otp-uses.table.ts'
import { openPendingSignInsTable, pendingSignInsTable } from './pending-sign-ins.table.ts'
import { openRevokedTokensTable, revokedTokensTable } from './revoked-tokens.table.ts'
import { openSessionsTable, sessionProofsTable, sessionsTable } from './sessions.table.ts'
import {
  openPasskeyRefusals,
  openRecoveryWait,
  openSpentInteractionsTable,
  spentInteractionsTable,
} from './spent-interactions.table.ts'
import { openSpentProofs } from './spent-proofs.table.ts'
import type { SubjectState } from './subject-state.ts'

/**
 * One entry per deployed version of the schema. Tables with a text key have no row ids: the index of the key would be a
 * second row to write and to pay for. Objects older than that keep their row ids; the statements are the same.
 */
export const subjectMigrations: readonly string[] = [
  sessionsTable + grantsTable + loginAttemptsTable + consentsTable + revokedTokensTable + outboxTable,
  spentInteractionsTable,
  delegationsTable,
  knownDevicesTable,
  repetitionsTable,
  rememberedFactorsTable,
  pendingSignInsTable + sessionProofsTable,
]

/** The state of a subject over what is stored; cached rows belong to the returned value. */
export const openSubjectTables = (
  { sql, kv }: Pick<DurableObjectStorage, 'sql' | 'kv'>,
  schema: ObjectSchema,
  allEnded: SubjectState['allEnded'],
  takenAway: SubjectState['takenAway'],
  logouts: LogoutsDue,
  record: (event: AuditEvent) => void,
): SubjectState => ({
  sessions: openSessionsTable(sql, schema),
  grants: openGrantsTable(sql, schema),
  dueLogouts: openDueLogouts(kv, schema, logouts),
  attempts: openLoginAttemptsTable(sql, schema),
  devices: openKnownDevicesTable(sql, schema),
  pendingSignIns: openPendingSignInsTable(sql, schema),
  consents: openConsentsTable(sql, schema),
  revokedTokens: openRevokedTokensTable(sql, schema),
  spentInteractions: openSpentInteractionsTable(sql, schema),
  spentProofs: openSpentProofs(sql, schema),
  delegations: openDelegationsTable(sql, schema),
  accountCopy: openAccountCopy(kv, schema),
  passkeyRefusals: openPasskeyRefusals(sql, schema),
  recoveryWait: openRecoveryWait(sql, schema),
  takenAway,
  otpUses: openOtpUses(kv, schema),
  allEnded,
  record,
})

const expiringTables = [
  'sessions',
  'grants',
  'login_attempts',
  'known_devices',
  'remembered_factors',
  'pending_sign_ins',
  'revoked_tokens',
  'spent_interactions',
  'delegations',
] as const

/** Isolates' clocks differ: a row is kept a little longer than necessary. */
const clockToleranceMs = 60_000

export interface Pruned {
  /** Rows were deleted: cached rows may be stale. */
  readonly deleted: boolean
  /** When the next row expires (milliseconds since the Unix epoch); undefined when none is left. */
  readonly nextExpiry: number | undefined
}

/** Deletes rows that have expired by `now`. */
export function pruneSubjectTables(sql: SqlStorage, now: number): Pruned {
  let deleted = false
  for (const table of expiringTables) {
    deleted =
      sql.exec(`DELETE FROM ${table} WHERE keep_until <= ?`, now - clockToleranceMs).rowsWritten > 0 ||
      deleted
  }
  // Their own sessions decide when they end.
  if (deleted)
    sql.exec('DELETE FROM session_proofs WHERE session_id NOT IN (SELECT session_id FROM sessions)')
  // One query per table: Durable Objects allow five terms in a compound SELECT.
  const ends = expiringTables.map(
    (table) =>
      sql.exec<{ next: number | null }>(`SELECT min(keep_until) AS next FROM ${table}`).one().next ??
      Infinity,
  )
  const next = Math.min(...ends)
  return { deleted, nextExpiry: next === Infinity ? undefined : next + clockToleranceMs }
}
