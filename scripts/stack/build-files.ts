import { join } from 'node:path'
import { type GuardedChild, spawnGuarded } from '../process/guarded-child.ts'
import { OperatorError } from '../process/operator-error.ts'

/** Starts building what the static assets need and is missing or outdated; the caller waits for {@link untilBuilt}. */
export const startBuild = (root: string): Promise<GuardedChild> =>
  spawnGuarded(process.execPath, [join(root, 'scripts', 'ensure-built.mjs'), '--may-stay-old'], {
    ...{ cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  })

/** Throws OperatorError if something is missing and cannot be built. */
export async function untilBuilt({ exited }: GuardedChild): Promise<void> {
  if ((await exited) === 0) return
  throw new OperatorError('the API documents cannot be built.', 'The output above says why.')
}
