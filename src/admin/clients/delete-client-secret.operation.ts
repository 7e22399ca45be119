import { sql } from 'drizzle-orm'
import { assertMayManageClient } from '../../access/rights.store.ts'
import { selectClient, toLoadedClient } from '../../clients/clients.store.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { deleteEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { checkNotItself } from './client-rights.store.ts'
import { secretParams } from './client-schemas.ts'

export const deleteClientSecret = defineOperation({
  id: 'deleteClientSecret',
  method: 'delete',
  path: '/admin/clients/{client_id}/secrets/{secret_id}',
  tag: 'Clients',
  summary: 'Delete a secret of a client',
  description: 'Other isolates of this region refuse it within a minute, other regions within two.',
  permission: 'admin:clients:write',
  dangerous: true,
  params: secretParams,
  answers: { 204: { description: 'The secret is gone' } },
  async run({ actor, db, deps, event, params: { client_id, secret_id } }) {
    const may = checkNotItself(actor, client_id)
    if (!may.ok) return may
    const [, , deleted, cached] = await db.runAll([
      assertMayManageClient(actor, client_id),
      sql`update clients set version = version + 1, updated_at = now() where client_id = ${client_id}
        and exists (select 1 from client_secrets where id = ${secret_id} and client_id = ${client_id})`,
      deleteEntity({
        table: 'client_secrets',
        key: { id: secret_id, client_id },
        expectedVersions: undefined,
        hidden: ['secret_hash'],
        event: event('client.secret_removed', {
          entity_type: 'client_secret',
          entity_id: secret_id,
          client_id,
          data: { secret_id },
        }),
      }),
      selectClient(client_id),
    ])
    if (!deleted?.length) return err(notFound)
    await renewCache(deps.edgeCache, clientCacheKey(client_id), toLoadedClient(cached ?? []))
    return answer(204)
  },
})
