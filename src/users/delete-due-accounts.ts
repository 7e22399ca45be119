/**
 * Deletes accounts whose owners have asked for it, once their time has come: in bounded batches, by the one write of
 * accounts. A run that breaks off leaves the rest to the next one, and repeating it changes nothing.
 */
import { erasureProof } from '../audit/erasure-proof.ts'
import type { Clock } from '../kit/clock.ts'
import { uuidv7 } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { count } from '../telemetry/count.ts'
import type { AccountOutcome, AccountRow } from './written-row.ts'

export interface DueAccounts {
  /** Ids of accounts that are due, the longest first. @param except not these */
  find(limit: number, except: readonly string[]): Promise<readonly string[]>
  /** Deletes those that are still due. */
  delete(rows: readonly AccountRow[]): Promise<readonly AccountOutcome[]>
}

export interface DeleteDueNeeds {
  readonly now: Clock
  readonly root: RootSecret
  readonly due: DueAccounts
  /** Forgets everything that is stored about a person outside Postgres. Harmless to repeat. */
  readonly forgetPerson: (userId: string) => Promise<void>
}

/** Erasing what the trail says of one person may concern thousands of events. */
const batchSize = 20
/** Workers limit what one run may ask. */
const maxBatches = 10

/** @throws AggregateError when some could not be told to the person's object: they are deleted by a later run */
export async function deleteDueAccounts(needs: DeleteDueNeeds): Promise<void> {
  const tried: string[] = []
  const failures: unknown[] = []
  for (let batch = 0; batch < maxBatches; batch++) {
    const ids = await needs.due.find(batchSize, tried)
    if (ids.length === 0) break
    tried.push(...ids)
    // Before Postgres: afterwards nothing would say that this is still to be done. Should its owner keep the account in
    // this moment, they sign in once more.
    const told = await Promise.allSettled(ids.map((id) => needs.forgetPerson(id)))
    failures.push(...told.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])))
    const ready = ids.filter((_, index) => told[index]?.status === 'fulfilled')
    const outcomes = await needs.due.delete(await Promise.all(ready.map((id) => rowOf(needs, id))))
    const deleted = outcomes.filter(({ outcome }) => outcome === 'deleted').length
    if (deleted > 0) count('authly_account_deletions_total', deleted, 'deleted')
    if (ids.length < batchSize) break
  }
  if (failures.length > 0) throw new AggregateError(failures, 'accounts could not be deleted')
}

const rowOf = async ({ now, root }: DeleteDueNeeds, id: string): Promise<AccountRow> => ({
  ...{ id, event_id: uuidv7(now()), erasure_id: uuidv7(now()) },
  proof: await erasureProof(root, id),
})
