/** The counter in Upstash Redis, for deployments whose regions share one limit: a token bucket per name. */
import { Redis } from '@upstash/redis/cloudflare'
import type { DrawPermits } from './draw-permits.ts'

/**
 * `drawPermits` of `token-bucket.ts` as one atomic script; the contract of permits holds the two together. The
 * bucket is forgotten when it would be full again.
 */
const drawScript = `#!lua flags=allow-key-locking
local capacity, milliseconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local want, returned, now = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local rate = capacity / milliseconds
local stored = redis.call('HMGET', KEYS[1], 'permits', 'at')
local at, available = now, capacity
if stored[1] then
  at = math.max(tonumber(stored[2]), now)
  local grown = (at - tonumber(stored[2])) * rate
  available = math.min(capacity, tonumber(stored[1]) + grown + returned)
end
local granted = math.min(want, math.floor(available))
local permits = available - granted
redis.call('HSET', KEYS[1], 'permits', string.format('%.17g', permits), 'at', string.format('%.0f', at))
redis.call('PEXPIRE', KEYS[1], math.max(1, math.ceil((capacity - permits) / rate)))
local retry = 0
if granted == 0 then retry = math.ceil(math.max(0, 1 - permits) / rate) end
return { granted, math.floor(permits), retry }`

/** Builds the counter over an Upstash REST endpoint. Time is the isolate's clock. */
export function createUpstashPermits(upstash: { readonly url: string; readonly token: string }): DrawPermits {
  // No automatic pipelining: it lets requests share one fetch, and on Workers none may await another's I/O.
  const options = { enableTelemetry: false, retry: false, enableAutoPipelining: false } as const
  const redis = new Redis({ ...upstash, ...options })

  return async ({ name, size, want, returned }) => {
    const [granted, remaining, retryAfterMilliseconds] = await redis.eval<number[], [number, number, number]>(
      drawScript,
      [`authly:permits:${name}`],
      [size.capacity, size.perSeconds * 1000, want, returned, Date.now()],
    )
    return { granted, remaining, retryAfterMilliseconds }
  }
}
