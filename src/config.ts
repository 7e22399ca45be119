/**
 * Configuration: environment variables -> Config, parsed once per isolate. `docs/configuration.md` is
 * generated from this schema (`npm run docs:generate`), so every description in `config/` is what operators read.
 */
import { z } from 'zod'
import { backendVariables, findBackendFaults, toBackends } from './config/backend-variables.ts'
import { callerVariables, findMtlsFaults, toCallers } from './config/caller-variables.ts'
import { deliveryVariables, findDeliveryFaults, toDelivery } from './config/delivery-variables.ts'
import { deploymentVariables, toDeployment } from './config/deployment-variables.ts'
import { fetchVariables, findFetchFaults, toFetches } from './config/fetch-variables.ts'
import { logVariables, toLog } from './config/log-variables.ts'
import { metricsVariables, toMetrics } from './config/metrics-variables.ts'
import { protocolVariables, toProtocol } from './config/protocol-variables.ts'
import { toTraces, traceVariables } from './config/trace-variables.ts'
import { findTurnstileFaults, toTurnstile, turnstileVariables } from './config/turnstile-variables.ts'
import { setLogRegion } from './kit/log.ts'

/** All variables, in the order of their documentation. */
export const environmentSchema = z.object({
  ...deploymentVariables,
  ...callerVariables,
  ...logVariables,
  ...backendVariables,
  ...traceVariables,
  ...protocolVariables,
  ...fetchVariables,
  ...deliveryVariables,
  ...turnstileVariables,
  ...metricsVariables,
})

type Environment = z.output<typeof environmentSchema>

/** What is wrong with variables that belong together, each of them valid. */
const findFaults = (env: Environment): readonly string[] => [
  ...findDeliveryFaults(env),
  ...findTurnstileFaults(env),
  ...findMtlsFaults(env),
  ...findFetchFaults(env),
  ...findBackendFaults(env),
]

const toConfig = (env: Environment) => ({
  ...toDeployment(env),
  ...toCallers(env),
  ...toLog(env),
  ...toBackends(env),
  ...toTraces(env),
  ...toProtocol(env),
  ...toFetches(env),
  ...toDelivery(env),
  ...toTurnstile(env),
  ...toMetrics(env),
})

export type Config = Readonly<ReturnType<typeof toConfig>>

/** A configuration mistake: the message names each variable and what it must be, and never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Parses the environment. @throws ConfigurationError naming every wrong variable */
export function parseConfig(env: Record<string, unknown>): Config {
  const parsed = environmentSchema.safeParse(env)
  const faults = parsed.success
    ? findFaults(parsed.data)
    : parsed.error.issues.map(({ path, message }) => {
        const name = path.join('.')
        return env[name] === undefined ? `${name} is missing` : `${name} ${message}`
      })
  if (!parsed.success || faults.length > 0)
    throw new ConfigurationError(`configuration: ${faults.join('; ')}`)
  return toConfig(parsed.data)
}

/** Whether this deployment counts, asked before the whole configuration is parsed. */
export const isMetricsOn = (env: object): boolean =>
  (env as { AUTHLY_METRICS?: unknown }).AUTHLY_METRICS === 'true'

const parsed = new WeakMap<object, Config>()

/** The configuration in the bindings of this isolate, parsed once. @throws ConfigurationError */
export function configOf(env: object): Config {
  let config = parsed.get(env)
  if (!config) {
    config = parseConfig({ ...env })
    parsed.set(env, config)
    setLogRegion(config.region)
  }
  return config
}
