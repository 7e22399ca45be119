import { z } from '@hono/zod-openapi'
import { asRestricted, assertMayManageClient } from '../../access/rights.store.ts'
import { clientIdFault } from '../../clients/check-client-id.ts'
import { scopesOf } from '../../clients/client-metadata.ts'
import { selectClient, toLoadedClient } from '../../clients/clients.store.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import { columnsOf } from '../../clients/metadata-columns.ts'
import { describeSetup, type Setup, type SetupFacts } from '../../clients/presets/describe-setup.ts'
import { wantedKeys } from '../../clients/wanted-keys.ts'
import { renewCache } from '../../edge-cache/renew-cache.ts'
import { queryFlag } from '../../kit/field-schemas.ts'
import { randomToken } from '../../kit/ids.ts'
import { err } from '../../kit/result.ts'
import { usesSecret } from '../../protocol/client-auth-methods.ts'
import { insertEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { checkStoredMetadata } from './check-stored-metadata.store.ts'
import { clientCreation, createdClientSchema } from './client-schemas.ts'
import { makeSecret } from './client-secret.store.ts'
import { toViewMetadata } from './client-view.ts'
import { completeClient } from './complete-client.store.ts'
import { toSetupView, tryClientCreation } from './try-client-creation.store.ts'

export const createClient = defineOperation({
  id: 'createClient',
  method: 'post',
  path: '/admin/clients',
  tag: 'Clients',
  summary: 'Register a client',
  description:
    'Metadata by RFC 7591 and OpenID Connect Registration. A client that authenticates by a secret gets one, shown in this answer only. A client with admin scopes can be made only by somebody who has these permissions. What a client makes is restricted as it is itself (`require_request_signing`, `admin_ip_allow_list`). A `preset` fills in what is left out for a common kind of application, and `setup` in the answer is what to configure it with.',
  permission: 'admin:clients:write',
  dangerous: true,
  query: z.object({
    dry_run: queryFlag('Create nothing, and tell what would be created: its members, faults, its set-up'),
  }),
  body: clientCreation,
  answers: {
    200: { description: 'With `dry_run`: the client as it would be', schema: createdClientSchema },
    201: { description: 'The client', schema: createdClientSchema, versioned: true, located: true },
  },
  problems: { 409: 'A client of this id exists, or existed' },
  conflicts: {
    clients_pkey: {
      title: 'A client of this id exists',
      errors: [{ pointer: '#/client_id', detail: 'is taken' }],
    },
    // Attack: registering the id of a deleted client to inherit its consents and refresh tokens.
    client_ids_pkey: {
      title: 'A client id is given once',
      errors: [{ pointer: '#/client_id', detail: 'was the id of a client that is deleted' }],
    },
  },
  async run(call) {
    const { client_id: chosenId, ...asked } = call.body
    const client_id = chosenId ?? `app-${randomToken(15)}`
    const idFault = chosenId === undefined ? undefined : clientIdFault(chosenId)
    if (idFault) return err(invalidRequest([{ pointer: '#/client_id', detail: idFault }]))
    const completed = await completeClient(call, asked)
    if (!completed.ok) return completed
    const { choice, metadata } = completed.value
    const sector = await checkStoredMetadata(call, metadata)
    const time = new Date(call.now).toISOString()
    const times = { created_at: time, updated_at: time }
    const sector_identifier = sector.ok ? (sector.value ?? null) : null
    const row = { client_id, ...columnsOf(metadata), sector_identifier, ...times }
    const event = call.event('client.created', { entity_type: 'client', entity_id: client_id, client_id })
    const restricted = asRestricted(call.actor, client_id)
    const insert = insertEntity({ table: 'clients', row, event })
    const guards = [assertMayManageClient(call.actor, client_id, scopesOf(metadata)), restricted.before]
    const hasSecret = usesSecret(metadata.token_endpoint_auth_method)
    const setupOf = (facts: Pick<SetupFacts, 'client_id' | 'client_secret'>) =>
      choice && describeSetup(choice, { issuer: call.deps.config.issuer, metadata, ...facts })
    const viewOf = (setup: Setup | undefined) => ({
      ...{ client_id, ...toViewMetadata(metadata), origin: 'administrator' as const, ...times },
      ...(setup ? { setup: toSetupView(setup) } : {}),
    })
    if (call.query.dry_run) {
      const setup = setupOf({ client_id: chosenId, client_secret: hasSecret ? null : undefined })
      const statements = [insert, restricted.after]
      const tried = await tryClientCreation(call, { outcome: sector, guards, statements })
      return tried.ok ? answer(200, { ...viewOf(setup), ...tried.value }) : tried
    }
    if (!sector.ok) return sector
    const secret = hasSecret ? await makeSecret(call, client_id, null) : undefined
    const shownSecret = secret && { client_secret: secret.view.client_secret, client_secret_expires_at: 0 }
    const setup = setupOf({ client_id, client_secret: secret?.view.client_secret })
    const created = answer(
      201,
      { ...viewOf(setup), ...shownSecret },
      { version: 1, location: `/admin/clients/${client_id}` },
    )
    const rows = await call.writeOnce(
      created.value,
      [insert, ...(secret ? [secret.insert] : []), restricted.after, selectClient(client_id)],
      // Checked for a repetition too, before it gets the recorded secret.
      guards,
    )
    await renewCache(call.deps.edgeCache, clientCacheKey(client_id), toLoadedClient(rows.at(-1) ?? []))
    // Not before Postgres has decided that the caller may do this.
    await call.deps.keyring.provide(wantedKeys(metadata))
    return created
  },
})
