import { type SQL, sql } from 'drizzle-orm'
import { assertMayManage } from '../../access/rights.store.ts'
import { blankEventsOf } from '../../audit/erase-personal-data.store.ts'
import { erasureProof } from '../../audit/erasure-proof.ts'
import type { AuditEvent } from '../../audit/event.ts'
import { err } from '../../kit/result.ts'
import { userParams } from '../../users/account.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { endAllSessionsOf, isOwn, ownAccount } from './acting.ts'
import { userRow } from './user.store.ts'

export const deleteUser = defineOperation({
  id: 'deleteUser',
  method: 'delete',
  path: '/admin/users/{user_id}',
  tag: 'Users',
  summary: 'Delete an account and erase its data',
  description:
    'Account, credentials, consents, sessions, grants and tokens end, and personal data leave the audit trail, which still says that it happened. It cannot be undone. The last administrator, the own account and that of a person who may do more cannot be deleted.',
  permission: 'admin:users:delete',
  dangerous: true,
  conditional: true,
  params: userParams,
  answers: { 204: { description: 'The account is gone' } },
  problems: { 409: 'It is the last administrator' },
  async run(call) {
    const { actor, db, deps, event, expectedVersions, params } = call
    const { user_id } = params
    if (isOwn(actor, user_id)) return err(ownAccount)
    const about = { user_id, entity_type: 'user', entity_id: user_id }
    const deletion = event('user.deleted', about)
    const proof = await erasureProof(deps.root, user_id)
    const erasure = event('audit.personal_data_erased', { ...about, data: { proof } })
    const [, deleted] = await db.runAll([
      assertMayManage(actor, user_id),
      deleteEntity({ table: 'users', key: { id: user_id }, expectedVersions, event: deletion }),
      blankEventsOf(sql`array(select entity_id from audit_events where id = ${deletion.id}::uuid)`),
      recordErasure(erasure, deletion),
    ])
    const changed = outcomeOf(userRow, deleted)
    const isGone = changed.ok || changed.error.status === 404
    // Also when it was gone already: a first attempt may not have come this far.
    if (isGone) await endAllSessionsOf(call, user_id, { reason: 'account_deleted', forget: 'everything' })
    return changed.ok ? answer(204) : err(changed.error)
  },
})

/** Only if this batch deleted the account: a lost race (412) erases nothing. */
const recordErasure = (erasure: AuditEvent, deletion: AuditEvent): SQL => sql`
  insert into audit_events (id, type, occurred_at, outcome, actor_type, actor_id, user_id, client_id, entity_type,
    entity_id, ip, user_agent, request_id, data)
  select ${erasure.id}::uuid, ${erasure.type}::text, occurred_at, outcome, actor_type, actor_id, user_id, client_id,
    entity_type, entity_id, ${erasure.ip ?? null}::text, ${erasure.user_agent ?? null}::text, request_id,
    ${JSON.stringify(erasure.data)}::jsonb
  from audit_events where id = ${deletion.id}::uuid`
