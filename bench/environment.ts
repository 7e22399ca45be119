/** Where the benchmark keeps things, and how what it measures is started. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'
import { bundleWorker, projectRoot } from '../scripts/stack/worker-bundle.ts'
import type { BenchDatabase } from './bench-database.ts'
import type { LoadGenerator } from './load/generate-load.ts'
import type { BenchOptions } from './options.ts'
import type { Target, TargetName } from './target.ts'
import { type AuthlyTarget, authlyTarget } from './targets/authly-target.ts'
import { type MetricsTargetName, metricsTarget } from './targets/metrics-target.ts'
import { oidcProviderTarget } from './targets/oidc-provider-target.ts'
import { type TwinTarget, twinTarget } from './targets/twin-target.ts'

export const benchFolder = join(projectRoot, '.authly', 'bench')

export const ports = {
  twin: 22_001,
  authly: 22_010,
  gateway: 22_011,
  'metrics-off': 22_012,
  'metrics-on': 22_013,
  memory: 22_020,
  postgres: 22_021,
  database: 22_030,
  admin: { worker: 22_040, gateway: 22_041, control: 22_042 },
}

export interface Bench {
  readonly options: BenchOptions
  readonly database: BenchDatabase
  readonly load: { readonly name: string; readonly run: LoadGenerator }
}

/** The production bundle, made anew: nothing stale is ever measured. */
export async function makeAuthly({ database, load }: Bench): Promise<AuthlyTarget> {
  const bundles = join(benchFolder, 'bundles')
  rmSync(bundles, { recursive: true, force: true })
  mkdirSync(bundles, { recursive: true })
  return authlyTarget({
    ...{ bundle: await bundleWorker(bundles), database, load: load.run, folder: join(benchFolder, 'authly') },
    ...{ port: ports.authly, gatewayPort: ports.gateway },
  })
}

export const makeMetrics = (name: MetricsTargetName, authly: AuthlyTarget): Target =>
  metricsTarget(name, authly, { folder: join(benchFolder, name), port: ports[name] })

/** Twins run with the same compatibility date as Authly. */
export const compatibilityDate = (): string =>
  unstable_readConfig({ config: join(projectRoot, 'wrangler.toml') }, { hideWarnings: true })
    .compatibility_date ?? ''

export const makeTwin = (): TwinTarget =>
  twinTarget({
    ...{ folder: join(benchFolder, 'twins'), firstPort: ports.twin, compatibilityDate: compatibilityDate() },
  })

export const makePeer = (name: Extract<TargetName, `oidc-${string}`>, { database, load }: Bench): Target =>
  name === 'oidc-provider-memory'
    ? oidcProviderTarget({ port: ports.memory, load: load.run })
    : oidcProviderTarget({ port: ports.postgres, load: load.run, database })
