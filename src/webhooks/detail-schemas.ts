/**
 * The types of what audit events have in `data`, by key. The list of events says what each key means; programs that
 * receive webhooks need to know what to expect there.
 */
import { z } from 'zod'

const text = z.string()
const textOrNull = z.string().nullable()
const texts = z.array(z.string())
const count = z.number().int()
const flag = z.boolean()
const instant = z.string().meta({ format: 'date-time' })

export const detailSchemas: Readonly<Record<string, z.ZodType>> = {
  aaguid: text,
  acr: text,
  alg: text,
  amr: texts,
  attempts: count,
  attestation_format: text,
  available_at: instant,
  backup_eligible: flag,
  channel: z.enum(['email', 'sms']),
  claims: texts,
  client_id: textOrNull,
  client_ids: texts,
  count,
  days: count,
  detail: text,
  during: text,
  expires_at: instant.nullable(),
  factors: count,
  failed: count,
  failures: count,
  file: text,
  filter: texts,
  filters: z.record(z.string(), z.unknown()),
  first_at: instant,
  format: text,
  grant_id: text,
  height: count,
  initial_access_token_id: textOrNull,
  job_id: text,
  jti_hash: text,
  kid: text,
  kind: text,
  known_device: flag,
  known_sign_count: count,
  last_at: instant,
  method: text,
  must_change: flag,
  operation: text,
  processed: count,
  profile: textOrNull,
  provider: text,
  reason: text,
  retry_after_seconds: count,
  rows: count,
  rp_id: text,
  scopes: texts,
  secret_id: text,
  sign_count: count,
  status: text,
  steps: texts,
  succeeded: count,
  target: z.record(z.string(), z.unknown()),
  terms_version: textOrNull,
  to: text,
  total: count,
  unused: count,
  width: count,
}

/**
 * Keys that webhooks never carry: where a person was and at which device, like the address and the browser of every
 * event. The trail forgets them when they are erased; a copy at a receiver would not.
 */
export const unsentDetails: ReadonlySet<string> = new Set(['signals'])
