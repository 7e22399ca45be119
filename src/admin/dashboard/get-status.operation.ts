import { z } from '@hono/zod-openapi'
import { keyAlgs } from '../../keys/algorithms.ts'
import { keyProblems } from '../../keys/key-binding.ts'
import { dueStep } from '../../keys/plan-rotation.ts'
import { rotationPolicyOf } from '../../keys/rotation-policy.ts'
import { selectSigningKeys, toLoadedKeys } from '../../keys/signing-keys.store.ts'
import { release } from '../../release.ts'
import { problemsOf } from '../keys/key-view.ts'
import { answer, defineOperation } from '../operation.ts'
import { selectStatus, toStatusFacts } from './status.store.ts'

const count = (description: string) => z.number().int().openapi({ description })
const time = (description: string) => z.string().openapi({ format: 'date-time', description })

export const getStatus = defineOperation({
  id: 'getStatus',
  method: 'get',
  path: '/admin/status',
  tag: 'Dashboard',
  summary: 'Status of the server',
  description: 'Of the region that answers. Nothing in it is secret.',
  permission: 'admin:stats:read',
  answers: {
    200: {
      description: 'The state of the server',
      schema: z
        .object({
          release: z.string().openapi({ description: 'Of Authly', example: '0.1.0' }),
          issuer: z.string(),
          region: z.string(),
          cache_backend: z.enum(['durable-object', 'upstash']),
          rate_limit_backend: z.enum(['durable-object', 'upstash']),
          database: z.object({
            round_trip_milliseconds: count('Of the query that gathered this'),
            migrations: count('Applied so far'),
            migrated_at: time('When the newest migration was applied to this database').nullable(),
          }),
          keys: z.array(
            z
              .object({
                kid: z.string(),
                alg: z.enum(keyAlgs),
                status: z.enum(['next', 'current', 'retired']),
                problem: z.enum(keyProblems).nullable().openapi({
                  description: 'Why the server does not believe this row: see `GET /admin/keys`',
                }),
                age_seconds: count('Since it was made'),
                next_step: z.object({
                  step: z.enum(['publish_successor', 'hand_over', 'take_over', 'remove']),
                  due_at: time('When, if nobody intervenes'),
                  overdue: z
                    .boolean()
                    .openapi({ description: 'The rotation job should have done it by now' }),
                }),
              })
              .meta({ 'x-authly-name': 'StatusSigningKey' }),
          ),
          audit: z.object({
            last_position: count('Of the newest event'),
            sealed_position: count('Of the newest event in a signed checkpoint'),
            unsealed_since: time('When the oldest event that is not sealed yet was recorded').nullable(),
          }),
          jobs: z.object({
            queued: count('Waiting'),
            running: count('Under way'),
            oldest_queued_at: time('Since when the first one waits').nullable(),
          }),
        })
        .openapi('Status'),
    },
  },
  async run({ db, deps: { config, now, root } }) {
    const startedAt = now()
    const [facts, keyRows] = await db.runAll([selectStatus(), selectSigningKeys])
    // The clock of a Worker advances only with I/O: the difference is the round trip.
    const at = now()
    const { database, audit, jobs } = toStatusFacts(facts ?? [])
    const { value: keys } = toLoadedKeys(keyRows ?? [])
    const problems = await problemsOf(root, keys)
    const policy = rotationPolicyOf(config)
    return answer(200, {
      release,
      issuer: config.issuer,
      region: config.region,
      cache_backend: config.cacheBackend,
      rate_limit_backend: config.rateLimitBackend,
      database: { round_trip_milliseconds: at - startedAt, ...database },
      keys: keys.map((key) => {
        const due = dueStep(key, keys, policy)
        return {
          ...{ kid: key.kid, alg: key.alg, status: key.status, problem: problems.get(key.kid) ?? null },
          age_seconds: Math.max(0, Math.floor((at - key.created_at) / 1000)),
          next_step: {
            step: due.step,
            due_at: new Date(due.at).toISOString(),
            overdue: at > due.at + jobTimeoutMilliseconds,
          },
        }
      }),
      audit,
      jobs,
    })
  },
})

/** The rotation job runs every five minutes; it is overdue after twice that. */
const jobTimeoutMilliseconds = 600_000
