import { asRestricted, assertMayManageClient } from '../../access/rights.store.ts'
import { clientIdFault } from '../../clients/check-client-id.ts'
import { type ClientMetadata, scopesOf } from '../../clients/client-metadata.ts'
import { selectClient, toLoadedClient } from '../../clients/clients.store.ts'
import { clientCacheKey } from '../../clients/find-client.ts'
import type { Profile } from '../../clients/profile.ts'
import { wantedKeys } from '../../clients/wanted-keys.ts'
import { randomToken } from '../../kit/ids.ts'
import { err } from '../../kit/result.ts'
import { usesSecret } from '../../protocol/client-auth-methods.ts'
import { insertEntity } from '../entity-change.store.ts'
import { type AdminCall, answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { renewCache } from '../renew-cache.ts'
import { checkStoredMetadata } from './check-stored-metadata.store.ts'
import { clientCreation, createdClientSchema } from './client-schemas.ts'
import { makeSecret } from './client-secret.store.ts'
import { columnsOf, metadataDefaultsOf, toViewMetadata, withNamedMethod } from './client-view.ts'

export const createClient = defineOperation({
  id: 'createClient',
  method: 'post',
  path: '/admin/clients',
  tag: 'Clients',
  summary: 'Register a client',
  description:
    'Metadata by RFC 7591 and OpenID Connect Registration. A client that authenticates by a secret gets one, shown in this answer only. A client with admin scopes can be made only by somebody who has these permissions. What a client makes is restricted as it is itself (`require_request_signing`, `admin_ip_allow_list`).',
  permission: 'admin:clients:write',
  dangerous: true,
  body: clientCreation,
  answers: {
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
    const { client_id = `app-${randomToken(15)}`, ...given } = call.body
    const idFault = call.body.client_id === undefined ? undefined : clientIdFault(client_id)
    if (idFault) return err(invalidRequest([{ pointer: '#/client_id', detail: idFault }]))
    const metadata = completeMetadata(await inheritRestrictions(call, given), call.deps.config.profile)
    const sector = await checkStoredMetadata(call, metadata)
    if (!sector.ok) return sector
    const time = new Date(call.now).toISOString()
    const times = { created_at: time, updated_at: time }
    const row = { client_id, ...columnsOf(metadata), sector_identifier: sector.value ?? null, ...times }
    const secret = usesSecret(metadata.token_endpoint_auth_method)
      ? await makeSecret(call, client_id, null)
      : undefined
    const shownSecret = secret && { client_secret: secret.view.client_secret, client_secret_expires_at: 0 }
    const created = answer(
      201,
      { client_id, ...toViewMetadata(metadata), origin: 'administrator' as const, ...times, ...shownSecret },
      { version: 1, location: `/admin/clients/${client_id}` },
    )
    const event = call.event('client.created', { entity_type: 'client', entity_id: client_id, client_id })
    const restricted = asRestricted(call.actor, client_id)
    const rows = await call.writeOnce(
      created.value,
      [
        insertEntity({ table: 'clients', row, event }),
        ...(secret ? [secret.insert] : []),
        restricted.after,
        selectClient(client_id),
      ],
      // Checked for a repetition too, before it gets the recorded secret.
      [assertMayManageClient(call.actor, client_id, scopesOf(metadata)), restricted.before],
    )
    await renewCache(call.deps.edgeCache, clientCacheKey(client_id), toLoadedClient(rows.at(-1) ?? []))
    // Not before Postgres has decided that the caller may do this.
    await call.deps.keyring.provide(wantedKeys(metadata))
    return created
  },
})

type Given = { readonly [Name in keyof ClientMetadata]?: ClientMetadata[Name] | null | undefined }

/** Restrictions that are left out are those of the client that creates this one. */
async function inheritRestrictions<G extends Given>({ actor, deps }: AdminCall, given: G): Promise<G> {
  const maker = await deps.findClient(actor.clientId)
  const hasKeys = given.jwks != null || given.jwks_uri != null
  const isAdministrative = given.scope?.split(' ').some((name) => name.startsWith('admin:')) === true
  return {
    ...given,
    admin_ip_allow_list: given.admin_ip_allow_list ?? maker?.admin_ip_allow_list,
    // A client without keys cannot sign: refused later if it has admin scopes, otherwise signing is not required.
    require_request_signing:
      given.require_request_signing ??
      (maker?.require_request_signing === true && (hasKeys || isAdministrative)),
  }
}

/** RFC 7591 §2: members left out, or null, get their default; `response_types` follow the grant types. */
function completeMetadata(
  given: Given & { readonly client_name: string },
  deployment: Profile,
): ClientMetadata {
  const present = Object.fromEntries(
    Object.entries(withNamedMethod(given)).filter(([, value]) => value != null),
  )
  const defaults = metadataDefaultsOf(given.profile ?? deployment)
  const metadata = { ...defaults, ...present } as ClientMetadata
  const usesCode = metadata.grant_types.includes('authorization_code')
  return given.response_types || usesCode ? metadata : { ...metadata, response_types: [] }
}
