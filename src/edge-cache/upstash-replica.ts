/**
 * The regional replica in Upstash Redis: a hash per key. One script compares and stores atomically, so writers
 * never race.
 */
import { Redis } from '@upstash/redis/cloudflare'
import { lateWriterMilliseconds, type Replica, replicaRetentionMilliseconds } from './replica.ts'

const prefix = 'authly:cache:'

/** `supersedes` in Lua, then the write. KEYS[1]; ARGV: value, version, loadedAt, late-writer ms, retention ms. */
const putScript = `
local old = redis.call('HMGET', KEYS[1], 'version', 'loaded_at')
local version, at = tonumber(ARGV[2]), tonumber(ARGV[3])
if old[1] then
  local oldVersion, oldAt = tonumber(old[1]), tonumber(old[2])
  if version == oldVersion or version == 0 or oldVersion == 0 then
    if at < oldAt then return 0 end
  elseif version < oldVersion and at <= oldAt + tonumber(ARGV[4]) then
    return 0
  end
end
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'version', ARGV[2], 'loaded_at', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1`

/** Builds the replica over an Upstash REST endpoint. Failures throw; the cache continues without it. */
export function createUpstashReplica(upstash: { readonly url: string; readonly token: string }): Replica {
  const redis = new Redis({
    ...upstash,
    automaticDeserialization: false,
    enableTelemetry: false,
    // Would let requests share one fetch, but on Workers a request must not await another's I/O.
    enableAutoPipelining: false,
    retry: false,
  })
  return {
    async get(key) {
      // Without automatic deserialization the reply is the list that Redis sent.
      const reply: unknown = await redis.hmget(prefix + key, 'value', 'version', 'loaded_at')
      const [value, version, loadedAt] = reply as (string | null)[]
      if (value == null) return undefined
      return { value, version: Number(version), loadedAt: Number(loadedAt) }
    },
    async put(key, entry) {
      await redis.eval(
        putScript,
        [prefix + key],
        [
          entry.value,
          String(entry.version),
          String(entry.loadedAt),
          String(lateWriterMilliseconds),
          String(replicaRetentionMilliseconds),
        ],
      )
    },
  }
}
