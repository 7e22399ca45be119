/** An Authly with metrics on, its traffic, and a Prometheus that watches it with shortened windows. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startInbox } from '../../scripts/inbox/inbox-server.ts'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { bundleWorker } from '../../scripts/stack/worker-bundle.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { type SlowGateway, startSlowGateway } from './slow-gateway.ts'
import { startTraffic, type Traffic } from './traffic.ts'
import { prepareVariants, type Variant } from './worker-variants.ts'

/** Five minutes become fifteen seconds. */
const timeScale = 20

export interface ObservedAuthly {
  readonly stack: RunningStack
  readonly seed: Seed
  readonly traffic: Traffic
  readonly prometheus: Prometheus
  /** What every statement takes longer. */
  delayPostgresBy(milliseconds: number): void
  /** Deploys another build: the process is replaced, the objects and the database stay. */
  deploy(variant: Variant): Promise<void>
  /** Names of the alerts that fire now; tickets of burn rates, which look back over days, are not among them. */
  firing(): Promise<readonly string[]>
  stop(): Promise<void>
}

export async function startObservedAuthly(): Promise<ObservedAuthly> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-ops-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const bundle = await bundleWorker(folder)
    const serve = await prepareVariants(bundle)
    serve('sound')
    let gateway: SlowGateway | undefined
    const inFrontOfGateway = async (url: string) => {
      gateway = await startSlowGateway(url)
      undo.push(gateway.close)
      return gateway.url
    }
    const port = await findFreePort()
    const issuer = `http://127.0.0.1:${port}`
    const token = randomBytes(32).toString('base64url')
    const output = process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit'
    const inbox = await startInbox(issuer)
    undo.push(inbox.stop)
    const vars = { ...settings(token), ...inbox.vars }
    const stack = await startStack({ bundle, port, issuer, output, inFrontOfGateway, vars })
    undo.push(stack.stop)
    const seed = createSeed(stack.database_owner_url)
    undo.push(seed.close)
    const prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      target: port,
      token,
      timeScale,
    })
    undo.push(prometheus.stop)
    const traffic = await startTraffic(issuer, seed)
    undo.push(traffic.stop)
    return {
      ...{ stack, seed, traffic, prometheus, stop },
      delayPostgresBy: (milliseconds) => gateway?.delayBy(milliseconds),
      deploy: async (variant) => {
        serve(variant)
        await stack.restartWorker()
      },
      firing: async () => {
        const firing = (await prometheus.alerts()).filter(
          ({ state, labels }) => state === 'firing' && !outlivesTest(labels['burn_rate']),
        )
        return [...new Set(firing.map(({ labels }) => labels['alertname'] ?? ''))].sort()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Windows of days, shortened to hours, hold nothing but this run and its cold start: `burn-rate-cases.ts` is for them. */
const outlivesTest = (burnRate: string | undefined): boolean => burnRate === '3' || burnRate === '1'

const settings = (token: string) => ({
  // The tests play Cloudflare, so that every browser has an address of its own.
  AUTHLY_CLIENT_ADDRESS: 'cloudflare',
  AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
  AUTHLY_METRICS: 'true',
  AUTHLY_METRICS_TOKEN: token,
  // Low enough that a handful of mistakes from one address meets it.
  AUTHLY_RATE_LIMITS: JSON.stringify({ 'token-ip-unauthenticated': { capacity: 4, per_seconds: 60 } }),
})

export interface Watch {
  readonly seconds: number
  /** The alert whose fault is seeded. */
  readonly expected?: string
  /** Ends the watch. */
  readonly until?: (firing: readonly string[]) => boolean
}

/** Looks every second. @returns every name that was seen firing, in order */
export async function watchAlerts(authly: ObservedAuthly, watch: Watch): Promise<readonly string[]> {
  const { seconds, expected, until = () => false } = watch
  const seen = new Set<string>()
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(1000)) {
    const all = await authly.firing()
    const firing = all.filter((name) => !isFaultOfMachine(name) || name === expected)
    for (const name of firing) seen.add(name)
    if (until(firing)) break
  }
  return [...seen]
}

/** Of a machine that is busy with other things they say nothing about the fault that was seeded. */
const aboutSpeed: ReadonlySet<string> = new Set(['PostgresSlow', 'HotObject'])
/** Windows of hours remember. */
let wasMachineBusy = false

function isFaultOfMachine(alert: string): boolean {
  const isBusy = (loadavg()[0] as number) > 3 * availableParallelism()
  wasMachineBusy ||= isBusy
  return alert.endsWith('LatencyBudgetBurn') ? wasMachineBusy : isBusy && aboutSpeed.has(alert)
}
