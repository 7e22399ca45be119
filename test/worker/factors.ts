/** Factors of people as rows of the database, for tests of what administration and the account page make of them. */
import { otpCredentials, passkeys, passwordCredentials, recoveryCodes } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'

/** Values that no answer, event or log line may contain. */
export const hiddenValues = {
  sealedSecret: 'sealed-seed-that-nobody-may-see',
  codeHash: 'hash-of-a-code-that-nobody-may-see',
  passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$hash-that-nobody-may-see',
} as const

/** A row alone: its key signs nothing. @returns its credential id */
export async function addPasskeyRow(userId: string, overrides: Partial<typeof passkeys.$inferInsert> = {}) {
  const credential_id = uuidv7().replaceAll('-', '')
  await testDatabase()
    .insert(passkeys)
    .values({
      ...{ credential_id, user_id: userId, rp_id: 'auth.test', public_key: 'pQECAyYgASFYIA', name: 'Phone' },
      ...{ transports: ['internal', 'hybrid'], aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4' },
      ...{ backup_eligible: true, backed_up: true, attestation_format: 'none' },
      ...overrides,
    })
  return credential_id
}

/** @returns its id */
export async function addOtpRow(userId: string, overrides: Partial<typeof otpCredentials.$inferInsert> = {}) {
  const id = uuidv7()
  await testDatabase()
    .insert(otpCredentials)
    .values({
      ...{ id, user_id: userId, kind: 'totp', name: 'Authenticator', algorithm: 'SHA1', digits: 6 },
      ...{ period_seconds: 30, sealed_secret: hiddenValues.sealedSecret },
      ...overrides,
    })
  return id
}

/** One used code and `unused` others. */
export async function addRecoveryCodeRows(userId: string, unused: number): Promise<void> {
  const code_hash = hiddenValues.codeHash
  await testDatabase()
    .insert(recoveryCodes)
    .values([
      { user_id: userId, code_hash: `${code_hash}-used`, used_at: new Date() },
      ...Array.from({ length: unused }, (_, index) => ({
        user_id: userId,
        code_hash: `${code_hash}-${index}`,
      })),
    ])
}

export const addPasswordRow = (userId: string) =>
  testDatabase()
    .insert(passwordCredentials)
    .values({
      ...{ user_id: userId, hash: hiddenValues.passwordHash, must_change: true },
      breached_at: new Date('2026-11-23T09:00:00Z'),
    })
