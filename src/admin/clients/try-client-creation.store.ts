/** The dry run of a registration: the same checks and statements in a transaction that is given up. */
import type { SQL } from 'drizzle-orm'
import type { Setup } from '../../clients/presets/describe-setup.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { AdminCall } from '../operation.ts'
import { toFaultViews } from './client-profile-view.ts'
import { faultsOf, runAndGiveUp } from './try-client-change.store.ts'

export async function tryClientCreation(
  { db }: Pick<AdminCall, 'db'>,
  tried: {
    /** What the checks say of it. */
    readonly outcome: Result<unknown, Problem>
    /** What decides whether the caller may do this: asked even where there are faults. */
    readonly guards: readonly SQL[]
    readonly statements: readonly SQL[]
  },
) {
  const { guards, outcome, statements } = tried
  const faults = faultsOf(outcome)
  if (!faults) return err((outcome as { error: Problem }).error)
  await runAndGiveUp(db, faults.length > 0 ? guards : [...guards, ...statements])
  return ok({ dry_run: { faults: toFaultViews(faults) } })
}

/** Mutable copies, as the type of the schema has them. */
export const toSetupView = (setup: Setup) => ({
  ...setup,
  environment: setup.environment.map((variable) => ({ ...variable })),
  notes: [...setup.notes],
})
