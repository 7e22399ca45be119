/** Writes one account for a request: a batch of one row. */
import { type SQL, sql } from 'drizzle-orm'
import { uuidv7 } from '../kit/ids.ts'
import type { AccountWrite, Writer } from './decide-accounts.store.ts'
import { accountsOfIds } from './match-accounts.store.ts'
import { writeAccounts } from './write-accounts.store.ts'
import type { AccountRow } from './written-row.ts'

type Change = Omit<AccountRow, 'event_id' | 'line'> &
  Pick<AccountWrite, 'creates' | 'events'> & { readonly existing?: 'update' | 'delete' }

type Caller = Writer & { readonly now: number } & Pick<AccountWrite, 'expectedVersions'>

/** A statement; its row has the `AccountOutcome` as `account`. */
export function writeAccount(caller: Caller, change: Change): SQL {
  const { ctes, outcome } = statementOf(caller, change)
  return sql`with ${ctes} select ${outcome} -> 0 as account`
}

/** A statement that aborts its transaction when it refuses; for writes whose response is computed beforehand (POST). */
export function writeAccountOrRefuse(caller: Caller, change: Change): SQL {
  const { ctes, refuse } = statementOf(caller, change)
  return sql`with ${ctes} select ${refuse}`
}

function statementOf(
  { authorized, origin, now, expectedVersions }: Caller,
  { creates = false, events = {}, existing = 'update', ...row }: Change,
) {
  return writeAccounts({
    ...{ writer: { authorized, origin, now }, expectedVersions, creates, events, existing, isBulk: false },
    rows: accountsOfIds([{ ...row, event_id: uuidv7(now) }], { locks: true }),
  })
}
