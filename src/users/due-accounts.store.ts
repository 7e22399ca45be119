/** Accounts that are to be deleted, in Postgres. */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { textArray } from '../db/fragments.ts'
import type { RunBatch } from '../db/run-batch.ts'
import type { DueAccounts } from './delete-due-accounts.ts'
import { accountsDue } from './match-accounts.store.ts'
import { writeAccounts } from './write-accounts.store.ts'
import { accountOutcome } from './written-row.ts'

/** Nobody's request: the cron does it, at their owner's wish. */
const writer = {
  authorized: { actor: { type: 'system' } },
  origin: { ip: undefined, user_agent: undefined, request_id: 'cron' },
} as const

export const createDueAccounts = (runBatch: RunBatch): DueAccounts => ({
  async find(limit, except) {
    // Whoever was made an administrator since stays: the write would refuse it every time.
    const [rows = []] = await runBatch([
      sql`
        select id from users
        where deletion_due_at <= now() and not roles @> '{admin}' and not id::text = any(${textArray(except)})
        order by deletion_due_at, id limit ${limit}`,
    ])
    return rows.map(({ id }) => id as string)
  },

  async delete(accounts) {
    if (accounts.length === 0) return []
    const { ctes, outcome } = writeAccounts({
      ...{ writer, rows: accountsDue(accounts), existing: 'delete', isBulk: true },
    })
    const [rows] = await runBatch([sql`with ${ctes} select ${outcome} as outcomes`])
    return z.array(accountOutcome).parse(rows?.[0]?.['outcomes'])
  },
})
