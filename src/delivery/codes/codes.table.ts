/** The codes of a destination that are not used up, and what its askers are counted by. */
import type { Asker, CodeCounts, StoredCode } from './decide-code.ts'

export const codesTable = `
  CREATE TABLE codes (
    code_id TEXT PRIMARY KEY,
    code_mac TEXT NOT NULL,
    account_mark TEXT NOT NULL,
    resume TEXT,
    expires_at INTEGER NOT NULL,
    failures INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE code_counts (
    asker TEXT PRIMARY KEY,
    sent TEXT NOT NULL,
    attempts TEXT
  ) WITHOUT ROWID;
`

export interface Codes {
  find(codeId: string): StoredCode | undefined
  put(code: StoredCode): void
  delete(codeId: string): void
  deleteExpired(now: number): void
  counts(asker: Asker): CodeCounts
  putCounts(asker: Asker, counts: CodeCounts): void
  allCounts(): readonly CodeCounts[]
}

type CodeRow = Record<string, SqlStorageValue> & Omit<StoredCode, 'resume'> & { resume: string | null }
type CountsRow = { sent: string; attempts: string | null }

const toCounts = ({ sent, attempts }: CountsRow): CodeCounts => ({
  sent: JSON.parse(sent) as readonly number[],
  attempts: attempts === null ? undefined : (JSON.parse(attempts) as CodeCounts['attempts']),
})

export const openCodes = (sql: SqlStorage): Codes => ({
  find(codeId) {
    const [row] = sql.exec<CodeRow>('SELECT * FROM codes WHERE code_id = ?', codeId).toArray()
    return row && { ...row, resume: row.resume ?? undefined }
  },

  put(code) {
    sql.exec(
      'INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?, ?, ?)',
      ...[code.code_id, code.code_mac, code.account_mark, code.resume ?? null],
      ...[code.expires_at, code.failures],
    )
  },

  delete(codeId) {
    sql.exec('DELETE FROM codes WHERE code_id = ?', codeId)
  },

  deleteExpired(now) {
    sql.exec('DELETE FROM codes WHERE expires_at <= ?', now)
  },

  counts(asker) {
    const [row] = sql
      .exec<CountsRow>('SELECT sent, attempts FROM code_counts WHERE asker = ?', asker)
      .toArray()
    return row ? toCounts(row) : { sent: [], attempts: undefined }
  },

  putCounts(asker, { sent, attempts }) {
    sql.exec(
      'INSERT OR REPLACE INTO code_counts VALUES (?, ?, ?)',
      ...[asker, JSON.stringify(sent), attempts === undefined ? null : JSON.stringify(attempts)],
    )
  },

  allCounts: () => sql.exec<CountsRow>('SELECT sent, attempts FROM code_counts').toArray().map(toCounts),
})
