import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { asRestricted, assertMayManageClient } from '../../access/rights.store.ts'
import { selectClient, toLoadedClient } from '../../clients/clients.store.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { checkNotItself, lockClient } from './client-rights.store.ts'
import { clientIdParam, createdSecretSchema } from './client-schemas.ts'
import { makeSecret, maxLiveSecrets } from './client-secret.store.ts'

export const createClientSecret = defineOperation({
  id: 'createClientSecret',
  method: 'post',
  path: '/admin/clients/{client_id}/secrets',
  tag: 'Clients',
  summary: 'Add a secret to a client',
  description:
    'At most two secrets live at once: add the new one, roll it out, delete the old one. Expired ones are cleared away. The secret is shown in this answer only.',
  permission: 'admin:clients:write',
  dangerous: true,
  params: clientIdParam,
  body: z
    .strictObject({
      expires_at: timestampInput('In the future; left out or null: it does not expire').nullish(),
    })
    .openapi('ClientSecretCreation', { example: {} }),
  answers: { 201: { description: 'The secret', schema: createdSecretSchema } },
  problems: { 409: 'Two secrets live already, or clients of this method have none' },
  conflicts: {
    too_many_secrets: { title: 'The client has two live secrets already: delete one first' },
    no_secret_method: { title: 'Clients of this token_endpoint_auth_method have no secrets' },
  },
  async run(call) {
    const { actor, body, deps, now, params, writeOnce } = call
    const { client_id } = params
    const may = checkNotItself(actor, client_id)
    if (!may.ok) return may
    const expiry = body.expires_at == null ? null : new Date(body.expires_at)
    if (expiry && expiry.getTime() <= now) {
      return err(invalidRequest([{ pointer: '#/expires_at', detail: 'must be in the future' }]))
    }
    const secret = await makeSecret(call, client_id, expiry?.toISOString() ?? null)
    const created = answer(201, secret.view)
    const restricted = asRestricted(actor, client_id)
    const guards = [
      // Attack: two requests at once would each count one secret and leave three.
      ...lockClient(client_id),
      assertMayManageClient(actor, client_id),
      restricted.before,
      restricted.after,
    ]
    const statements = [
      sql`select authly_refuse('AU409', 'no_secret_method') from clients
        where client_id = ${client_id} and token_endpoint_auth_method not like 'client_secret_%'`,
      sql`delete from client_secrets where client_id = ${client_id} and expires_at <= now()`,
      sql`select authly_refuse('AU409', 'too_many_secrets')
        where (select count(*) from client_secrets where client_id = ${client_id}) >= ${maxLiveSecrets}::int`,
      secret.insert,
      sql`update clients set version = version + 1, updated_at = now() where client_id = ${client_id}`,
      selectClient(client_id),
    ]
    const rows = await writeOnce(created.value, statements, guards)
    await renewCache(deps.edgeCache, clientCacheKey(client_id), toLoadedClient(rows.at(-1) ?? []))
    return created
  },
})
