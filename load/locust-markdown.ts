/** The part of docs/load.md on the scenarios. Pure. */
import { table } from '../bench/report/table.ts'
import type { LocustRun } from './locust.ts'

export function locustSection({ version, users, seconds, steps }: LocustRun): string {
  const rows = steps.map(({ step, requests, failures, limited, p50Ms, p90Ms, p99Ms }) => [
    ...[step, String(requests), (requests / seconds).toFixed(1)],
    ...[p50Ms, p90Ms, p99Ms].map((value) => value.toFixed(0)),
    ...[String(failures), String(limited)],
  ])
  return `## Mix of scenarios

Locust ${version}, ${users} users for ${seconds} s: people who sign in on the hosted pages, consent and use an application,
services, and administrators beside them, each with an account and an address of their own. They wait for each answer
before they go on, so these figures hide stalls that the tables above show. A sign-in costs an Argon2id hash.

${table(['', 'requests', 'a second', 'p50 ms', 'p90 ms', 'p99 ms', 'failures', '429'], rows)}`
}
