/** Redis tests run against a real Redis: a throw-away server behind the local Upstash gateway. */
import type { TestProject } from 'vitest/node'
import { startRedisServer } from '../../scripts/redis/redis-server.ts'
import { startUpstashGateway } from '../../scripts/upstash-gateway.ts'
import type {} from '../fakes/upstash.ts'

/** vitest globalSetup: provides `upstash`; the returned function tears down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedisServer()
  const gateway = await startUpstashGateway({ redisPort: redis.port })
  project.provide('upstash', { url: gateway.url, token: gateway.token })
  return async () => {
    await gateway.close()
    await redis.stop()
  }
}
