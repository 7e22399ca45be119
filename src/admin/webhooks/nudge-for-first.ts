import type { AdminCall } from '../operation.ts'

/**
 * The dispatcher is asleep when no endpoint is enabled, and `serveOperation`, which nudges it after each write, saw none
 * before this one.
 */
export function nudgeForFirst({ db, deps }: Pick<AdminCall, 'db' | 'deps'>): void {
  if (!db.hasWebhooks) deps.nudgeWebhooks()
}
