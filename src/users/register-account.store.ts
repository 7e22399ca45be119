/** Accounts that people make for themselves, in Postgres. One statement. */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { uuidv7 } from '../kit/ids.ts'
import { withForms } from './account-normal-forms.ts'
import { accountsOfNames } from './match-accounts.store.ts'
import type { RegisterAccount } from './register-account.ts'
import { writeAccounts } from './write-accounts.store.ts'
import { type AccountRow, accountOutcome } from './written-row.ts'

export const createRegisterAccount =
  (database: Database): RegisterAccount =>
  async ({ user_id, email, username, profile, password_hash, passkey, now, origin, ...account }) => {
    const { terms_version, client_id } = account
    const row: AccountRow = {
      ...{ id: user_id, event_id: uuidv7(now), hash: password_hash, passkey },
      patch: {
        ...withForms({ email, ...(username !== undefined && { username }), profile }),
        email_verified: true,
        ...(terms_version !== undefined && { terms_version, terms_accepted_at: new Date(now) }),
      },
    }
    const { ctes, outcome } = writeAccounts({
      writer: {
        authorized: { actor: { type: 'user', id: user_id, clientId: client_id ?? '' } },
        origin,
        now,
      },
      rows: accountsOfNames([row], { locks: true }),
      ...{ creates: true, existing: 'fail', events: { created: 'user.registered' } },
      // Another request may make it at the same moment.
      isBulk: true,
      data: { method: passkey ? 'passkey' : 'password', client_id, terms_version },
    })
    const { rows } = await database.execute(sql`with ${ctes} select ${outcome} -> 0 as account`)
    return accountOutcome.parse(rows[0]?.['account']).outcome === 'created' ? 'registered' : 'taken'
  }
