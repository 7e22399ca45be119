/** The outbox of a client's logouts, with its dependencies. Loaded only where such an object wakes. */
import { clientCacheKey, createFindClient } from './clients/find-client.ts'
import { createKeyring } from './keys/create-keyring.ts'
import { createSignJwt } from './keys/sign-jwt.ts'
import { systemClock as now } from './kit/clock.ts'
import { createGuardedPost } from './kit/guarded-fetch.ts'
import type { DeliverLogoutNeeds } from './logout/deliver-logout.ts'
import { LogoutOutboxObject } from './logout/logout-outbox.object.ts'
import { createLoadScopeCatalog } from './scopes/load-scope-catalog.ts'
import {
  createDatabase,
  insertSigningKey,
  limitEach,
  loadClient,
  loadScopeCatalog,
  loadSigningKeys,
} from './stores.ts'
import { observedFetch } from './telemetry/observed-fetch.ts'
import { createCache, isolateOf } from './wiring.ts'

const databaseTimeoutMilliseconds = 5000

export class WiredLogoutOutbox extends LogoutOutboxObject {
  protected override needs(): DeliverLogoutNeeds {
    const isolate = isolateOf(this.env)
    const { config, root } = isolate
    const limits = limitEach(databaseTimeoutMilliseconds)
    const database = createDatabase(config.databaseUrl, config.databaseGatewayUrl, limits)
    const cache = createCache(isolate, (work) => this.ctx.waitUntil(work), 'background')
    const keyring = createKeyring({
      cache,
      root,
      now,
      loadKeys: () => loadSigningKeys(database),
      insertKey: (input) => insertSigningKey(database, input),
    })
    return {
      now,
      root,
      issuer: config.issuer,
      signJwt: createSignJwt({ keyring }),
      findClient: createFindClient({
        ...{ cache, profile: config.profile },
        loadClient: (id) => loadClient(database, id),
        loadScopeCatalog: createLoadScopeCatalog({
          cache,
          loadScopeCatalog: () => loadScopeCatalog(database),
        }),
        // What its document says counts for nothing here: nobody has agreed to call there. An administrator may have.
        findByDocument: async (id) => {
          const stored = await cache.read(clientCacheKey(id), () => loadClient(database, id))
          return stored?.origin === 'document' && stored.reviewed ? stored : undefined
        },
      }),
      post: createGuardedPost(config, observedFetch),
    }
  }
}
