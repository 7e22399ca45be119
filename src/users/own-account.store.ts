/** People's own changes to their account, by the one write of accounts. */
import { sql } from 'drizzle-orm'
import type { AuditEventType } from '../audit/event.ts'
import type { RunBatch } from '../db/run-batch.ts'
import type { OwnAccountStore, OwnChange } from './own-account.ts'
import type { RefusalCode } from './refusals.ts'
import { writeAccount } from './write-one-account.store.ts'
import { type AccountOutcome, accountOutcome } from './written-row.ts'

export function createOwnAccountStore(runBatch: RunBatch): OwnAccountStore {
  const write = async (
    { user_id, now, origin }: OwnChange,
    patch: object,
    { version, event }: { readonly version?: number; readonly event?: AuditEventType } = {},
  ): Promise<AccountOutcome & { readonly due_at: number | null }> => {
    const [written, due] = await runBatch([
      writeAccount(
        {
          authorized: { actor: { type: 'user', id: user_id, isOwner: true } },
          ...{ origin, now, expectedVersions: version === undefined ? undefined : [version] },
        },
        { id: user_id, patch, events: event ? { updated: event } : {} },
      ),
      sql`select (extract(epoch from deletion_due_at) * 1000)::double precision as due_at
        from users where id = ${user_id}::uuid`,
    ])
    const due_at = (due?.[0]?.['due_at'] ?? null) as number | null
    return { ...accountOutcome.parse(written?.[0]?.['account']), due_at }
  }

  return {
    async updateProfile({ version, profile, ...change }) {
      const { outcome, code } = await write(change, { profile }, { version })
      if (code === null) return outcome === 'updated' ? 'updated' : 'unchanged'
      return code === 'version' ? 'changed' : gone(code)
    },

    async requestDeletion({ due_at, ...change }) {
      const patch = { deletion_due_at: new Date(due_at).toISOString() }
      const written = await write(change, patch, { event: 'user.deletion_requested' })
      if (written.code === null) return { due_at: written.due_at ?? due_at }
      return written.code === 'administrator_leaves' ? 'administrator' : gone(written.code)
    },

    async cancelDeletion(change) {
      const { code } = await write(change, { deletion_due_at: null }, { event: 'user.deletion_cancelled' })
      return code === null ? 'kept' : gone(code)
    },
  }
}

/** @throws Error for a refusal that no change of one's own account meets */
function gone(code: RefusalCode): 'gone' {
  if (code !== 'unknown') throw new Error(`an own change was refused: ${code}`)
  return 'gone'
}
