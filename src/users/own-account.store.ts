/** People's own changes to their account, by the one write of accounts. */
import { type SQL, sql } from 'drizzle-orm'
import type { AuditEventType } from '../audit/event.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import type { OwnAccountStore, OwnChange } from './own-account.ts'
import type { RefusalCode } from './refusals.ts'
import { removeConsent } from './remove-consent.store.ts'
import { writeAccount } from './write-one-account.store.ts'
import { type AccountOutcome, accountOutcome } from './written-row.ts'

export function createOwnAccountStore(runBatch: RunBatch): OwnAccountStore {
  const statement = (
    { user_id, now, origin }: OwnChange,
    patch: object,
    { version, event }: { readonly version?: number; readonly event?: AuditEventType } = {},
  ): SQL =>
    writeAccount(
      {
        authorized: { actor: { type: 'user', id: user_id, isOwner: true } },
        ...{ origin, now, expectedVersions: version === undefined ? undefined : [version] },
      },
      { id: user_id, patch, events: event ? { updated: event } : {} },
    )
  const run = async (...statements: SQL[]): Promise<[AccountOutcome, Row | undefined]> => {
    const [written, after] = await runBatch(statements)
    return [accountOutcome.parse(written?.[0]?.['account']), after?.[0]]
  }

  return {
    async updateProfile({ version, profile, ...change }) {
      const [{ outcome, code }] = await run(statement(change, { profile }, { version }))
      if (code === null) return outcome === 'updated' ? 'updated' : 'unchanged'
      return code === 'version' ? 'changed' : gone(code)
    },

    async requestDeletion({ due_at, ...change }) {
      const patch = { deletion_due_at: new Date(due_at).toISOString() }
      const [{ code }, stored] = await run(
        statement(change, patch, { event: 'user.deletion_requested' }),
        sql`select (extract(epoch from deletion_due_at) * 1000)::double precision as due_at
          from users where id = ${change.user_id}::uuid`,
      )
      if (code === null) return { due_at: (stored?.['due_at'] as number | null | undefined) ?? due_at }
      return code === 'administrator_leaves' ? 'administrator' : gone(code)
    },

    async cancelDeletion(change) {
      const [{ code }] = await run(
        statement(change, { deletion_due_at: null }, { event: 'user.deletion_cancelled' }),
      )
      return code === null ? 'kept' : gone(code)
    },

    async removeConsent(userId, clientId, event) {
      await runBatch([removeConsent(userId, clientId, event)])
    },
  }
}

/** @throws Error for a refusal that no change of one's own account meets */
function gone(code: RefusalCode): 'gone' {
  if (code !== 'unknown') throw new Error(`an own change was refused: ${code}`)
  return 'gone'
}
