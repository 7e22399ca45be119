/**
 * Two fresh processes beside Authly, of the same bundle, with its database and gateway: one counts for Prometheus, one
 * does not. What counting costs is the difference; Authly itself is no measure of it, because thousands have signed in
 * there.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { GuardedChild } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'
import { startRawProcess } from '../raw-process.ts'
import type { Target, TargetName } from '../target.ts'
import type { AuthlyTarget } from './authly-target.ts'

export type MetricsTargetName = Extract<TargetName, `metrics-${string}`>

/** @param authly must be started before, because it fills the database */
export function metricsTarget(
  name: MetricsTargetName,
  authly: AuthlyTarget,
  { folder, port }: { readonly folder: string; readonly port: number },
): Target {
  let worker: GuardedChild | undefined
  return {
    name,
    operations: new Set(['client_credentials']),
    async start() {
      rmSync(folder, { recursive: true, force: true })
      worker = await startRawProcess({
        ...authly.rawOptions,
        vars: {
          ...authly.rawOptions.vars,
          AUTHLY_ISSUER: `http://localhost:${port}`,
          AUTHLY_METRICS: String(name === 'metrics-on'),
          AUTHLY_METRICS_TOKEN: randomBytes(32).toString('base64url'),
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
