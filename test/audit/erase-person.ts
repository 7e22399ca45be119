/** The erasure of a person as the deletion of their account does it: two statements. */
import { type SQL, sql } from 'drizzle-orm'
import { createEvent } from '../../src/audit/create-event.ts'
import { erasePersonalDataOf } from '../../src/audit/erase-personal-data.store.ts'
import { erasureProof } from '../../src/audit/erasure-proof.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import type { RootSecret } from '../../src/kit/root-secret.ts'

export async function erasePerson(root: RootSecret, userId: string): Promise<readonly SQL[]> {
  const event = createEvent('audit.personal_data_erased', Date.now(), undefined, {
    ...{ outcome: 'success', actor_type: 'system', user_id: userId },
    data: { proof: await erasureProof(root, userId) },
  })
  return [erasePersonalDataOf(sql`array[${userId}]::text[]`), insertEvents([event])]
}
