/** What operators ask: health, and the sources of metrics. */
import { createReadBacklogs, createReadOutboxes } from '../audit/audit-outbox.object.ts'
import type { Config } from '../config.ts'
import { createObjectReplica } from '../edge-cache/edge-replica.object.ts'
import type { MessageState } from '../health/check-health.ts'
import { createReadShards } from '../telemetry/metrics-client.object.ts'
import { loadStores, type Makers } from './wired-request.ts'

export const probes = {
  healthProbes: (request) => ({
    postgres: () => request.ask((stores, database) => stores.askPostgres(stores.createRunBatch(database))),
    // A separate object that serves only this check.
    objects: () =>
      createObjectReplica(request.env.EDGE_REPLICA, { ...request.config, region: 'health' }).get('health'),
    keys: () => request.keyring.signingKey('ES256'),
    outboxes: createReadBacklogs(request.env.AUDIT_OUTBOX, request.config),
    messages: () => messageState(request.env, request.config),
  }),

  metricSources: (request) => ({
    readShards: createReadShards(request.env.METRICS, request.config),
    readOutboxes: createReadOutboxes(request.env.AUDIT_OUTBOX, request.config),
    readGauges: () => request.ask((stores, database) => stores.readGauges(stores.createRunBatch(database))),
    maySeeClients: async (authorized) => {
      const { maySeeClients } = await loadStores()
      return maySeeClients(await request.databaseFor(authorized), authorized)
    },
  }),
} satisfies Partial<Makers>

function messageState({ EMAIL }: Env, { delivery: { email, sms } }: Config): MessageState {
  if (email?.provider.kind === 'cloudflare' && EMAIL === undefined) return 'no_binding'
  return email === undefined && sms === undefined ? 'not_configured' : 'configured'
}
