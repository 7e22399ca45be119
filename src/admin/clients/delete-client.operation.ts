import { sql } from 'drizzle-orm'
import { assertMayManageClient } from '../../access/rights.store.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { err } from '../../kit/result.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { checkNotItself } from './client-rights.store.ts'
import { clientRow, hiddenColumns } from './client-row.store.ts'
import { clientIdParam } from './client-schemas.ts'

export const deleteClient = defineOperation({
  id: 'deleteClient',
  method: 'delete',
  path: '/admin/clients/{client_id}',
  tag: 'Clients',
  summary: 'Delete a client',
  description:
    'Its secrets and all consents go with it; its id is given to no other client. Its tokens stop working here within a minute, two in other regions, because the client is looked up at every use; resource servers that check signatures alone accept access tokens until they expire.',
  permission: 'admin:clients:delete',
  dangerous: true,
  conditional: true,
  params: clientIdParam,
  problems: { 409: 'It is described by its document, which would bring it back' },
  conflicts: {
    client_of_document: {
      title: 'A client that its document describes cannot be deleted: disable it',
    },
  },
  answers: { 204: { description: 'The client is gone' } },
  async run({ actor, db, deps, event, expectedVersions, params: { client_id } }) {
    const may = checkNotItself(actor, client_id)
    if (!may.ok) return may
    const [, , deleted] = await db.runAll([
      assertMayManageClient(actor, client_id),
      // Its next request would bring it back, with tokens that had seemed to be gone.
      sql`select authly_refuse('AU409', 'client_of_document') from clients
        where client_id = ${client_id} and origin = 'document'`,
      deleteEntity({
        table: 'clients',
        key: { client_id },
        expectedVersions,
        hidden: hiddenColumns,
        event: event('client.deleted', { entity_type: 'client', entity_id: client_id, client_id }),
      }),
    ])
    const changed = outcomeOf(clientRow, deleted)
    if (!changed.ok) return err(changed.error)
    await renewCache(deps.edgeCache, clientCacheKey(client_id), undefined)
    return answer(204)
  },
})
