/**
 * Whether this deployment can serve requests. Tokens are issued without Postgres, so its failure alone must not
 * stop traffic. Answers name components and reasons from closed lists: whoever asks learns nothing else.
 */
import type { Backlog } from '../audit/backlog.ts'
import { withTimeout } from '../kit/with-timeout.ts'
import type { Component, Health, Readiness, Startup, Status } from './health.ts'

/** What Postgres says about itself. */
export interface PostgresState {
  /** The excess privileges of the worker's role. */
  readonly roleRisks: readonly string[]
  /** Whether the database has the migrations of this build. A newer database has them too. */
  readonly hasSchema: boolean
}

/** Each resolves when its component answers. */
export interface HealthProbes {
  readonly postgres: () => Promise<PostgresState>
  readonly objects: () => Promise<unknown>
  readonly keys: () => Promise<unknown>
  /** Of every outbox of the region. */
  readonly outboxes: () => Promise<readonly Backlog[]>
  /** Whether messages can leave, as far as the configuration says. */
  readonly messages: () => MessageState
}

/** `no_binding`: the provider is a binding that this worker does not have. */
export type MessageState = 'configured' | 'not_configured' | 'no_binding'

/** The public answer, and details for the log only. */
export interface Checked<H extends Health = Health> {
  readonly health: H
  readonly details: readonly string[]
}

/** How long a component may take to answer. */
const timeoutMilliseconds = 2000
/**
 * Keys come from a cache, which waits two seconds for the replica and two for Postgres before it uses an older copy. While
 * Postgres hangs tokens wait for that too, and are issued.
 */
const keysTimeoutMilliseconds = 5000
/** A check takes no longer. */
export const checkMilliseconds = keysTimeoutMilliseconds + 500
/** A failed delivery is repeated within 90 s; one that has succeeded by then was no incident. */
const lateMilliseconds = 120_000
/** About an hour of appends that a busy region makes. */
const largestBacklog = 50_000

/**
 * Whether to send traffic here: not without keys and objects, nor with a dangerous role. Probes all components in
 * parallel, with a limit for each. Never throws.
 */
export async function checkReadiness(probes: HealthProbes, now: number): Promise<Checked<Readiness>> {
  const [answer, objects, keys, backlogs] = await Promise.all([
    tryProbe('postgres', probes.postgres),
    tryProbe('objects', probes.objects),
    tryProbe('keys', probes.keys, keysTimeoutMilliseconds),
    tryProbe('outboxes', probes.outboxes),
  ])
  const components = {
    configuration: ok,
    postgres: answer === unanswered ? silent : postgresOf(answer),
    objects: objects === unanswered ? silent : ok,
    keys: keys === unanswered ? silent : ok,
    outboxes: backlogs === unanswered ? silent : outboxesOf(backlogs, now),
    messages: messageComponents[probes.messages()],
  }
  const { postgres } = components
  const isDown = objects === unanswered || keys === unanswered || postgres.reason === 'overprivileged'
  const details = answer === unanswered ? [] : answer.roleRisks.map((risk) => `the role ${risk}`)
  return { health: { status: statusOf(components, isDown), components }, details }
}

/**
 * Whether this build may begin to serve here. Without Postgres nobody knows the schema; with keys from the replica the
 * answer is then `degraded`, because a supervisor that waited for Postgres would turn its outage into ours.
 */
export async function checkStartup(
  probes: Pick<HealthProbes, 'postgres' | 'keys'>,
): Promise<Checked<Startup>> {
  const [answer, keys] = await Promise.all([
    tryProbe('postgres', probes.postgres),
    tryProbe('keys', probes.keys, keysTimeoutMilliseconds),
  ])
  const schema = answer === unanswered ? silent : answer.hasSchema ? ok : schemaBehind
  const components = { configuration: ok, keys: keys === unanswered ? silent : ok, schema }
  const isDown = keys === unanswered || schema.reason === 'schema_behind'
  return { health: { status: statusOf(components, isDown), components }, details: [] }
}

/** The answer of a worker whose configuration is wrong: it can ask nothing. */
export const misconfigured = <Name extends string>(
  names: readonly Name[],
  detail: string,
): Checked<Health<Name>> => {
  const components = Object.fromEntries(
    names.map((name) => [
      name,
      { status: 'unavailable', reason: name === 'configuration' ? 'invalid' : 'not_checked' },
    ]),
  ) as Record<Name, Component>
  return { health: { status: 'unavailable', components }, details: [detail] }
}

const ok: Component = { status: 'ok' }
const silent: Component = { status: 'unavailable', reason: 'no_answer' }
const schemaBehind: Component = { status: 'unavailable', reason: 'schema_behind' }

const statusOf = (components: Readonly<Record<string, Component>>, isDown: boolean): Status => {
  if (isDown) return 'unavailable'
  return Object.values(components).every(({ status }) => status === 'ok') ? 'ok' : 'degraded'
}

function postgresOf({ roleRisks, hasSchema }: PostgresState): Component {
  if (roleRisks.length > 0) return { status: 'unavailable', reason: 'overprivileged' }
  return hasSchema ? ok : { status: 'degraded', reason: 'schema_behind' }
}

function outboxesOf(backlogs: readonly Backlog[], now: number): Component {
  const isLate = backlogs.some(
    ({ lateSince }) => lateSince !== undefined && now - lateSince > lateMilliseconds,
  )
  if (isLate) return { status: 'degraded', reason: 'late' }
  const isLong = backlogs.some(({ waiting }) => waiting > largestBacklog)
  return isLong ? { status: 'degraded', reason: 'backlog' } : ok
}

const messageComponents: Readonly<Record<MessageState, Component>> = {
  configured: ok,
  not_configured: { status: 'ok', reason: 'not_configured' },
  no_binding: { status: 'degraded', reason: 'invalid' },
}

const unanswered = Symbol('unanswered')

const tryProbe = <T>(
  name: string,
  probe: () => Promise<T>,
  milliseconds = timeoutMilliseconds,
): Promise<T | typeof unanswered> =>
  withTimeout(Promise.resolve().then(probe), milliseconds, name).catch(() => unanswered)
