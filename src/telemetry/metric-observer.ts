/** Measures what passes the seam (`observe.ts`). */
import { databaseErrorOf } from '../kit/database-error.ts'
import { count, measure } from './count.ts'
import type { Observations, Observer } from './observe.ts'

interface Ended {
  readonly seconds: number
  /** What `work` threw, if it did. */
  readonly error: unknown
  readonly hasFailed: boolean
}

type Measures = {
  readonly [Kind in keyof Observations]?: (attributes: Observations[Kind], ended: Ended) => void
}

const outcomeOf = ({ hasFailed }: Ended): 'success' | 'failed' => (hasFailed ? 'failed' : 'success')

/** SQLSTATEs with which the database does its work: our rules (AU), constraints, lost races, locks. */
const refusals = /^(AU|22|23|40|55)/

/** A grant is counted with all token requests, those included that are refused before it (`oauth/token.ts`). */
const measures: Measures = {
  object_call: ({ object, method }, ended) =>
    measure('authly_object_call_duration_seconds', ended.seconds, object, method, outcomeOf(ended)),

  postgres: ({ kind, statements }, ended) => {
    const isRefused = ended.hasFailed && refusals.test(databaseErrorOf(ended.error)?.code ?? '')
    const outcome = isRefused ? 'refused' : outcomeOf(ended)
    measure('authly_postgres_round_trip_duration_seconds', ended.seconds, kind, outcome)
    if (kind === 'batch') measure('authly_postgres_batch_statements', statements)
  },

  signature: ({ alg }, { seconds }) => measure('authly_signature_duration_seconds', seconds, alg),

  delivery: ({ events }, ended) => {
    count('authly_outbox_deliveries_total', 1, outcomeOf(ended))
    if (!ended.hasFailed) count('authly_outbox_delivered_events_total', events)
  },

  outgoing_request: (_, ended) =>
    measure('authly_outgoing_request_duration_seconds', ended.seconds, outcomeOf(ended)),
}

export const metricObserver: Observer = {
  around(kind, attributes, work) {
    const measureKind = measures[kind]
    if (measureKind === undefined) return work()
    const startedAt = performance.now()
    const end = (hasFailed: boolean, error?: unknown) =>
      measureKind(attributes, { seconds: (performance.now() - startedAt) / 1000, hasFailed, error })
    return work().then(
      (value) => {
        end(false)
        return value
      },
      (error) => {
        end(true, error)
        throw error
      },
    )
  },
}
