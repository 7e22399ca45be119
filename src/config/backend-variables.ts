/** Where copies are kept and limits are counted. */
import { z } from 'zod'
import { parsePolicyOverrides } from '../rate-limits/policies.ts'
import type { Read } from './variable.ts'

export const backendVariables = {
  AUTHLY_CACHE_BACKEND: z
    .enum(['durable-object', 'upstash'])
    .default('durable-object')
    .describe('Second tier of the edge cache.'),
  AUTHLY_RATE_LIMIT_BACKEND: z
    .enum(['durable-object', 'upstash'])
    .default('durable-object')
    .describe('Where rate limits are counted; `upstash` shares one limit across regional deployments.'),
  UPSTASH_REDIS_REST_URL: z.url().optional().describe('Upstash Redis REST endpoint.'),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional().describe('Secret. Upstash Redis REST token.'),
  AUTHLY_RATE_LIMITS: z
    .string()
    .default('{}')
    .transform(parsePolicyOverrides)
    .describe(
      'JSON object that overrides rate-limit policies: `{"token-client":{"capacity":600,"per_seconds":60}}`.',
    ),
}

type Environment = Read<typeof backendVariables>

export function findBackendFaults(env: Environment): readonly string[] {
  const usesUpstash = env.AUTHLY_CACHE_BACKEND === 'upstash' || env.AUTHLY_RATE_LIMIT_BACKEND === 'upstash'
  return usesUpstash && !upstashOf(env)
    ? ['UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN are needed by the upstash backend']
    : []
}

const upstashOf = ({ UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token }: Environment) =>
  url && token ? { url, token } : undefined

export const toBackends = (env: Environment) => ({
  cacheBackend: env.AUTHLY_CACHE_BACKEND,
  rateLimitBackend: env.AUTHLY_RATE_LIMIT_BACKEND,
  upstash: upstashOf(env),
  rateLimitOverrides: env.AUTHLY_RATE_LIMITS,
})
