import { sql } from 'drizzle-orm'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { isOwnListener } from './listener-row.store.ts'
import { listenerParam } from './listener-schemas.ts'

export const deleteWebhookListener = defineOperation({
  id: 'deleteWebhookListener',
  method: 'delete',
  path: '/admin/webhooks/listeners/{listener_id}',
  tag: 'Webhooks',
  summary: 'End a listener',
  description:
    'It gets nothing any more, and what it has not taken is gone. One that nobody asks for ends by itself.',
  permission: 'admin:webhooks:write',
  params: listenerParam,
  answers: { 204: { description: 'The listener is gone' } },
  async run({ actor, db, params: { listener_id: id } }) {
    const rows = await db.run(
      sql`delete from webhook_endpoints where id = ${id}::uuid and ${isOwnListener(actor)} returning id`,
    )
    return rows.length > 0 ? answer(204) : err(notFound)
  },
  afterwards: ({ deps, params }) => deps.webhookOutboxOf(params.listener_id).wake(),
})
