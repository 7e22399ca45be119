/**
 * The last code of each generator that was accepted. One row is written per sign-in with one. The few rows have no end
 * of their own, so that no sweep reads them: they go with all else that the object stores.
 */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { StoredOtpUse, SubjectState } from './subject-state.ts'

export const otpUsesTable = `
  CREATE TABLE otp_uses (
    otp_id TEXT PRIMARY KEY,
    step INTEGER NOT NULL,
    used_at INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export const openOtpUsesTable = (sql: SqlStorage, schema: ObjectSchema): SubjectState['otpUses'] => ({
  all: () =>
    schema.exists()
      ? sql
          .exec<{ otp_id: string; step: number; used_at: number }>(
            'SELECT otp_id, step, used_at FROM otp_uses',
          )
          .toArray()
      : [],
  spend({ otp_id, step, used_at }: StoredOtpUse) {
    schema.ensure()
    const written = sql.exec(
      `INSERT INTO otp_uses VALUES (?1, ?2, ?3)
       ON CONFLICT (otp_id) DO UPDATE SET step = ?2, used_at = ?3 WHERE step < ?2`,
      otp_id,
      step,
      used_at,
    )
    return written.rowsWritten > 0
  },
})
