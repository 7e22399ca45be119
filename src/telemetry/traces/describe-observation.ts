/**
 * What spans say, in the words of OpenTelemetry's semantic conventions (https://opentelemetry.io/docs/specs/semconv/)
 * and, where there are none, of our own (`authly.`). No text of an error, no path, no query, no statement: they may
 * hold secrets and personal data.
 */
import type { Observations } from '../observe.ts'
import type { Attributes, SpanKind } from './span.ts'

export interface SpanDescription {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
  /** `traceparent`s of what caused it, elsewhere in time. */
  readonly causes?: readonly string[]
  /** The `traceparent` that it continues instead of the span around it. */
  readonly continues?: string | undefined
}

type Describe = { readonly [Kind in keyof Observations]: (attributes: Observations[Kind]) => SpanDescription }

const describe: Describe = {
  grant: ({ grant_type, client_id }) => ({
    name: `grant ${grant_type}`,
    kind: 'internal',
    attributes: { 'authly.grant_type': grant_type, 'authly.client_id': client_id },
  }),
  object_call: ({ object, method }) => ({
    name: `${object}/${method}`,
    kind: 'client',
    attributes: objectAttributes(`${object}/${method}`),
  }),
  postgres: ({ statements, kind }) => {
    // A batch of one is a single operation.
    const isBatch = kind === 'batch' && statements !== 1
    return {
      name: isBatch ? 'BATCH' : 'postgresql',
      kind: 'client',
      attributes: {
        'db.system.name': 'postgresql',
        ...(isBatch ? { 'db.operation.name': 'BATCH', 'db.operation.batch.size': statements } : {}),
      },
    }
  },
  signature: ({ alg }) => ({
    name: `sign ${alg}`,
    kind: 'internal',
    attributes: { 'authly.signature.alg': alg },
  }),
  delivery: ({ events, causes }) => ({
    name: 'process audit_events',
    kind: 'consumer',
    attributes: {
      'messaging.system': 'authly_outbox',
      'messaging.destination.name': 'audit_events',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': events,
    },
    causes,
  }),
  outgoing_request: ({ host, scheme }) => {
    const { hostname, port } = new URL(`${scheme}://${host}`)
    return {
      name: 'GET',
      kind: 'client',
      attributes: {
        'http.request.method': 'GET',
        'server.address': hostname,
        'server.port': port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
        'url.scheme': scheme,
      },
    }
  },
  job_step: ({ job_kind, job_id, cause }) => ({
    name: `process ${job_kind}`,
    kind: 'consumer',
    attributes: {
      'messaging.system': 'authly_jobs',
      'messaging.destination.name': job_kind,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'authly.job.kind': job_kind,
      'authly.job.id': job_id,
    },
    continues: cause,
  }),
}

/** The span of an observation. */
export const describeObservation = <Kind extends keyof Observations>(
  kind: Kind,
  attributes: Observations[Kind],
): SpanDescription => describe[kind](attributes)

/** Of both sides of a call of an object. */
export const objectAttributes = (method: string): Attributes => ({
  'rpc.system.name': 'cloudflare.durable_objects',
  'rpc.method': method,
})
