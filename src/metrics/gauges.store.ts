/**
 * The gauges that Postgres knows, in one round trip. Each part is an index probe, a short table or bounded by a limit:
 * a scrape must not be what slows the database down.
 */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { checkRows } from '../db/json-row.ts'
import type { RunBatch } from '../db/run-batch.ts'
import type { GaugeName } from '../telemetry/metric-catalogue.ts'
import { isChainBroken } from './chain-broken.ts'
import type { GaugeValue } from './metric-sources.ts'

const gaugeRow = z.object({
  name: z.string().transform((name) => name as GaugeName),
  labels: z.array(z.string()),
  value: z.coerce.number(),
})

const connections = sql`
  select 'authly_postgres_connections' as name, jsonb_build_array(state) as labels, count(*) as value from (
    select case when state in ('active', 'idle', 'idle in transaction') then state else 'other' end as state
    from pg_stat_activity where usename = current_user and backend_type = 'client backend'
  ) as connection group by state
  union all
  select 'authly_postgres_connections_limit', '[]', current_setting('max_connections')::int`

/** Counting stops where nobody would ask for the exact number. */
const countedEvents = 100_000

const trail = sql`
  with sealed as materialized (select coalesce(max(last_position), 0) as position from audit_checkpoints),
  oldest as materialized (
    select recorded_at from audit_events, sealed where audit_events.position > sealed.position
    order by audit_events.position limit 1)
  select 'authly_audit_unsealed_events' as name, '[]'::jsonb as labels, (
    select count(*) from (
      select from audit_events, sealed where audit_events.position > sealed.position limit ${countedEvents}::int
    ) as unsealed) as value
  union all
  select 'authly_audit_sealing_lag_seconds', '[]',
    greatest(0, coalesce((select extract(epoch from now() - recorded_at) from oldest), 0))`

const jobs = sql`
  with counted as materialized (
    select kind, status, created_at from jobs where status in ('queued', 'running')
    union all
    -- A job lives for some days at most, so that the index on its creation finds those that ended.
    select kind, status, created_at from jobs
    where created_at > now() - interval '8 days' and finished_at > now() - interval '1 day')
  select 'authly_jobs' as name, jsonb_build_array(kind, status) as labels, count(*) as value
  from counted group by kind, status
  union all
  select 'authly_job_oldest_queued_age_seconds', '[]', coalesce(
    (select extract(epoch from now() - min(created_at)) from counted where status = 'queued'), 0)`

const keys = sql`
  select 'authly_signing_key_age_seconds' as name, jsonb_build_array(alg, status) as labels,
    max(extract(epoch from now() - case status
      when 'next' then created_at
      when 'current' then coalesce(activated_at, created_at)
      else coalesce(retired_at, created_at) end)) as value
  from signing_keys group by alg, status`

/** A client has lost its way in when its last secret has ended; one that holds a secret without end never does. */
const secrets = sql`
  with ending as materialized (
    select client_secrets.client_id, max(expires_at) as ends_at
    from client_secrets join clients using (client_id)
    where clients.enabled and clients.token_endpoint_auth_method like 'client_secret%'
    group by client_secrets.client_id having bool_and(expires_at is not null))
  (select 'authly_client_secret_expiry_timestamp_seconds' as name, jsonb_build_array(client_id) as labels,
    extract(epoch from ends_at) as value from ending order by ends_at, client_id limit 100)`

/** Checkpoints of about an hour. */
const checkpoints = sql`
  select split_part(signature, '.', 2) as payload from audit_checkpoints order by sequence desc limit 12`

const webhooks = sql`
  select 'authly_webhook_endpoints' as name, jsonb_build_array(state) as labels, count(id) as value
  from unnest(array['enabled', 'disabled', 'stopped']) as state
  left join webhook_endpoints on kind = 'endpoint' and state = case
    when enabled then 'enabled' when disabled_reason = 'administrator' then 'disabled' else 'stopped' end
  group by state`

const gaugeStatements: readonly SQL[] = [connections, trail, jobs, keys, secrets, webhooks]

const payloadRow = z.object({ payload: z.string() })

/** Reads all gauges. Rejects when Postgres is unavailable. */
export async function readGauges(runBatch: RunBatch): Promise<readonly GaugeValue[]> {
  const results = await runBatch([checkpoints, ...gaugeStatements])
  const payloads = checkRows(payloadRow, results[0]).map(({ payload }) => payload)
  const broken = {
    name: 'authly_audit_chain_broken',
    labels: [],
    value: Number(isChainBroken(payloads)),
  } as const
  return [broken, ...results.slice(1).flatMap((rows) => checkRows(gaugeRow, rows))]
}
