/** Clients: what is registered of them, what they publish, and the scopes and APIs they may ask for. */
import { encryptionOf } from '../clients/encryption.ts'
import { clientCacheKey, createFindClient, type FindByDocument } from '../clients/find-client.ts'
import { ok } from '../kit/result.ts'
import { createLoadScopeCatalog } from '../scopes/load-scope-catalog.ts'
import { asked, type BareRequest, type Makers, type WiredRequest } from './wired-request.ts'

export const clients = {
  findClient: (request) =>
    createFindClient({
      cache: request.edgeCache,
      profile: request.config.profile,
      loadClient: (id) => loadClient(request, id),
      loadScopeCatalog: request.loadScopeCatalog,
      findByDocument: (address, options) => findByDocument(request, address, options),
    }),

  loadScopeCatalog: (request) =>
    createLoadScopeCatalog({
      cache: request.edgeCache,
      loadScopeCatalog: () => request.ask((stores, database) => stores.loadScopeCatalog(database)),
    }),

  openRegistrations: asked(
    (stores, database) => () => stores.createRegistrationStore(stores.createRunBatch(database)),
  ),

  keepDescribedClient:
    (request) =>
    async (...described) => {
      const { createKeepDescribedClient } = await import('../client-registration/keep-described-client.ts')
      return createKeepDescribedClient(request)(...described)
    },

  fetchClientJwks: (request) => async (client, options) => {
    const { createFetchClientJwks } = await import('../clients/fetch-client-jwks.ts')
    const { now, config: rules, isolate, waitUntil } = request
    return createFetchClientJwks({ now, rules, replica: isolate.replica, waitUntil })(client, options)
  },

  fetchRequestObject: (request) => async (uri) => {
    const { createFetchRequestObject } = await import('../clients/fetch-request-object.ts')
    return createFetchRequestObject({ now: request.now, rules: request.config })(uri)
  },

  prepareEncryption: (request) => async (client, response) => {
    if (!encryptionOf(client, response)) return ok(undefined)
    const { createPrepareEncryption } = await import('../clients/prepare-encryption.ts')
    return createPrepareEncryption({ fetchClientJwks: request.fetchClientJwks })(client, response)
  },
} satisfies Partial<Makers>

const loadClient = (request: BareRequest, id: string) =>
  request.ask((stores, database) => stores.loadClient(database, id))

async function findByDocument(
  request: WiredRequest,
  ...lookup: Parameters<FindByDocument>
): ReturnType<FindByDocument> {
  const { createFindByDocument } = await import('../client-registration/find-by-document.ts')
  const { config, now, readSettings, loadScopeCatalog, rateLimiter, address, waitUntil } = request
  const find = createFindByDocument({
    ...{ config, now, readSettings, loadScopeCatalog, rateLimiter, address, waitUntil },
    replica: request.isolate.replica,
    findStored: (id) => request.edgeCache.read(clientCacheKey(id), () => loadClient(request, id)),
  })
  return find(...lookup)
}
