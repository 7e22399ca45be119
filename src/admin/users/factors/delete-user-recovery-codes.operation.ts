import { type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../../../audit/event.ts'
import { insertEventPerRow } from '../../../audit/insert-events.store.ts'
import { userParams } from '../../../users/account.ts'
import { answer, defineOperation } from '../../operation.ts'
import { removeFactors } from './removal.store.ts'

export const deleteUserRecoveryCodes = defineOperation({
  id: 'deleteUserRecoveryCodes',
  method: 'delete',
  path: '/admin/users/{user_id}/factors/recovery-codes',
  tag: 'Users',
  summary: 'Remove all recovery codes of a person',
  description:
    'If there were any, every session, grant and token of the person ends, and remembered devices are forgotten. Repeating it within the hour is harmless, and completes what an outage interrupted. Not for the own account, nor that of a person who may do more.',
  permission: 'admin:users:write',
  dangerous: true,
  params: userParams,
  answers: { 204: { description: 'The person has no recovery codes' } },
  async run(call) {
    const { user_id } = call.params
    const removal = call.event('recovery_codes.removed', {
      ...{ user_id, entity_type: 'recovery_codes', entity_id: user_id },
    })
    const removed = await removeFactors(call, user_id, removal, removeCodes(user_id, removal))
    return removed.ok ? answer(204) : removed
  },
})

const removeCodes = (userId: string, event: AuditEvent): SQL => sql`
  with deleted as (
    delete from recovery_codes where user_id = ${userId}::uuid returning used_at
  ), removed as (
    select count(*) filter (where used_at is null) as unused from deleted having count(*) > 0
  ), recorded as (
    ${insertEventPerRow(sql`removed`, { ...event, data: sql`jsonb_build_object('unused', removed.unused)` })}
  )
  select unused from removed`
