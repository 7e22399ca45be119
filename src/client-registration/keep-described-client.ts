/** Stores a client that its document describes, when somebody agrees to it: consents and reviews refer to its row. */
import { createEvent } from '../audit/create-event.ts'
import { clientCacheKey } from '../clients/find-client.ts'
import type { KeepDescribedClient, OpenRegistrations } from '../clients/registrations.ts'
import type { EdgeCache } from '../edge-cache/cached-lookup.ts'
import { renewCache } from '../edge-cache/renew-cache.ts'
import type { Clock } from '../kit/clock.ts'

export interface KeepNeeds {
  readonly now: Clock
  readonly openRegistrations: OpenRegistrations
  readonly edgeCache: Pick<EdgeCache, 'refresh'>
}

/** Without effect where the row says the same already; other redirect URIs or keys take the review back. */
export const createKeepDescribedClient =
  ({ now, openRegistrations, edgeCache }: KeepNeeds): KeepDescribedClient =>
  async (client, userId, origin) => {
    const { client_id, fingerprint } = client
    const event = (type: 'client.registered' | 'client.document_changed') =>
      createEvent(type, now(), origin, {
        ...{ outcome: 'success', actor_type: 'user', actor_id: userId, user_id: userId, client_id },
        ...{ entity_type: 'client', entity_id: client_id },
      })
    const loaded = await (await openRegistrations()).keepDocument({
      columns: {
        client_id,
        fingerprint,
        origin: 'document',
        reviewed: false,
        client_name: client.client_name,
        application_type: client.application_type,
        token_endpoint_auth_method: client.token_endpoint_auth_method,
        token_endpoint_auth_method_named: true,
        token_endpoint_auth_signing_alg: client.token_endpoint_auth_signing_alg ?? null,
        jwks: client.jwks ?? null,
        jwks_uri: client.jwks_uri ?? null,
        redirect_uris: client.redirect_uris,
        post_logout_redirect_uris: client.post_logout_redirect_uris,
        grant_types: client.grant_types,
        response_types: client.response_types,
        scopes: client.scopes,
        resources: client.resources,
      },
      registered: event('client.registered'),
      changed: event('client.document_changed'),
    })
    await renewCache(edgeCache, clientCacheKey(client_id), loaded)
  }
