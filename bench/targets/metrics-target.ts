/**
 * Authly that counts for Prometheus, beside the one that does not: the same bundle, database and gateway. What counting
 * costs is the difference.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { GuardedChild } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import { startRawProcess } from '../raw-process.ts'
import type { Target } from '../target.ts'
import type { AuthlyTarget } from './authly-target.ts'

/** @param authly must be started before, because it fills the database */
export function metricsTarget(
  authly: AuthlyTarget,
  { folder, port }: { readonly folder: string; readonly port: number },
): Target {
  let worker: GuardedChild | undefined
  return {
    name: 'authly-metrics',
    operations: new Set(['client_credentials']),
    async start() {
      rmSync(folder, { recursive: true, force: true })
      worker = await startRawProcess({
        ...authly.rawOptions,
        vars: {
          ...authly.rawOptions.vars,
          AUTHLY_ISSUER: `http://localhost:${port}`,
          ...{ AUTHLY_METRICS: 'true', AUTHLY_METRICS_TOKEN: randomBytes(32).toString('base64url') },
        },
        ...{ objectsFolder: join(folder, 'objects'), port },
      })
      await waitUntilServing(`http://127.0.0.1:${port}/.well-known/jwks.json`, worker.exited)
    },
    roots: () => ({ ...authly.roots(), server: worker?.process.pid ? [worker.process.pid] : [] }),
    untilDelivered: authly.untilDelivered,
    plan: async (operation, requests) => ({ ...(await authly.plan(operation, requests)), port }),
    afterRun: () => undefined,
    async stop() {
      await worker?.stop()
    },
  }
}
