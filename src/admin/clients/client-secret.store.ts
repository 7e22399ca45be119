/** Secrets that administrators give to clients. */
import { newClientSecret } from '../../clients/new-client-secret.ts'
import { insertEntity } from '../entity-change.store.ts'
import type { AdminCall } from '../operation.ts'

/** Two, so that a new secret can be rolled out before the old one is removed. */
export const maxLiveSecrets = 2

/** A new secret of a client, and the statement that stores its hash and records the creation. */
export async function makeSecret(
  call: Pick<AdminCall, 'event' | 'now'>,
  clientId: string,
  expiresAt: string | null,
) {
  const { secret, stored } = await newClientSecret(call.now)
  const { id } = stored
  const created_at = new Date(call.now).toISOString()
  const row = { ...stored, client_id: clientId, expires_at: expiresAt, created_at }
  return {
    view: { id, created_at, expires_at: expiresAt, client_secret: secret },
    insert: insertEntity({
      table: 'client_secrets',
      row,
      hidden: ['secret_hash'],
      event: call.event('client.secret_added', {
        entity_type: 'client_secret',
        entity_id: id,
        client_id: clientId,
        data: { secret_id: id, expires_at: expiresAt },
      }),
    }),
  }
}
