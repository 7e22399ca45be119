/**
 * The dry run of a change to a client: the same checks in the same transaction, which is then given up. So whoever may
 * not make the change learns no more here than there, and nothing is written, no event either.
 */
import { type SQL, sql } from 'drizzle-orm'
import { applyProfile } from '../../clients/apply-profile.ts'
import type { RegisteredClient } from '../../clients/client.ts'
import { compareProfiles, servedDifferences } from '../../clients/profiles/compare-profiles.ts'
import { firstRow } from '../../db/json-row.ts'
import type { Row } from '../../db/run-batch.ts'
import { databaseErrorOf } from '../../kit/database-error.ts'
import type { Fault, Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { AdminCall } from '../operation.ts'
import { notFound, preconditionFailed } from '../problems.ts'
import { toDemandView, toDifferenceViews, toFaultViews } from './client-profile-view.ts'
import { clientRow } from './client-row.store.ts'
import { toClientView } from './client-view.ts'
import { countPeople } from './count-people.store.ts'

/** Ends a transaction that has done what it was for: nothing of it remains. */
const giveUp = sql`select authly_refuse('AU200', 'dry_run')`

const isGivenUp = (error: unknown): boolean => databaseErrorOf(error)?.code === 'AU200'

export interface TriedChange {
  readonly clientId: string
  /** What it would write, or why it would be refused. */
  readonly outcome: Result<{ readonly columns: Readonly<Record<string, unknown>> }, Problem>
  /** What was asked for, whether it is allowed or not. */
  readonly asked: Readonly<Record<string, unknown>>
  /** The statements of the change. */
  readonly statements: readonly SQL[]
  /** Reads the client: its row, and what it registers. */
  readonly select: SQL
  registeredFrom(row: Row): RegisteredClient | undefined
}

export async function tryClientChange(call: AdminCall, tried: TriedChange) {
  const { db, deps, expectedVersions } = call
  const faults = faultsOf(tried.outcome)
  if (!faults) return tried.outcome as { ok: false; error: Problem }
  await runAndGiveUp(db, tried.statements)
  const [rows, people] = await db.runAll([tried.select, countPeople(tried.clientId)])
  const [stored] = (rows ?? []) as readonly { readonly client: Row; readonly secrets: unknown }[]
  const registered = stored && tried.registeredFrom(stored)
  if (!stored || !registered) return err(notFound)
  const version = Number(stored.client['version'])
  if (expectedVersions && !expectedVersions.includes(version)) return err(preconditionFailed(version))
  const written = tried.outcome.ok ? tried.outcome.value.columns : tried.asked
  const changed = { ...stored, client: { ...stored.client, ...written } }
  const { profile } = deps.config
  const before = applyProfile(registered, profile)
  const after = applyProfile(tried.registeredFrom(changed) as RegisteredClient, profile)
  const { added, lifted } = compareProfiles(before.rules.profile, after.rules.profile)
  const row = firstRow(clientRow, [{ row: changed.client }])
  if (!row) return err(notFound)
  return ok({
    version,
    view: {
      ...toClientView(row),
      dry_run: {
        faults: toFaultViews(faults),
        served: toDifferenceViews(servedDifferences(before, after)),
        demands: added.map(toDemandView),
        lifted: lifted.map(toDemandView),
        people: Number(people?.[0]?.['people'] ?? 0),
      },
    },
  })
}

/** Runs the statements, and undoes whatever they did. Throws what they throw. */
export async function runAndGiveUp(
  db: Pick<AdminCall['db'], 'runAll'>,
  statements: readonly SQL[],
): Promise<void> {
  const refused = await db.runAll([...statements, giveUp]).catch((error: unknown) => {
    if (!isGivenUp(error)) throw error
  })
  if (refused) throw new Error('a dry run was not given up')
}

/** Undefined: it is refused for another reason than what is in the body. */
export function faultsOf(outcome: Result<unknown, Problem>): readonly Fault[] | undefined {
  if (outcome.ok) return []
  return outcome.error.code === 'invalid_request' ? (outcome.error.errors ?? []) : undefined
}
