import { erasureProof } from '../../audit/erasure-proof.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { userParams } from '../../users/account.ts'
import { writeAccount } from '../../users/write-one-account.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { accountConflicts, outcomeOf } from './account-problems.ts'
import { endAllSessionsOf } from './acting.ts'
import { refusePasskeysOf } from './refuse-passkeys.store.ts'

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
  conflicts: accountConflicts,
  async run(call) {
    const { db, deps, now, params } = call
    const { user_id: id } = params
    const erasure = { erasure_id: uuidv7(now), proof: await erasureProof(deps.root, id) }
    await refusePasskeysOf(call, id, 'all')
    const [rows] = await db.runAll([writeAccount(call, { id, ...erasure, existing: 'delete' })])
    const deleted = outcomeOf(rows)
    const isGone = deleted.ok || deleted.error.status === 404
    // Also when the account was already deleted: a first attempt may have failed before this.
    if (isGone) await endAllSessionsOf(call, id, { reason: 'account_deleted', forget: 'everything' })
    return deleted.ok ? answer(204) : deleted
  },
})
