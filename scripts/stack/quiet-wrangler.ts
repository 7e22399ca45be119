import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Wrangler's own script, run directly by this Node: `npx` in between would swallow signals. */
export const wranglerScript = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin',
  'wrangler.js',
)

/** An environment in which wrangler sends no telemetry, asks no questions and serves no explorer of stored objects. */
export function quietWrangler(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    X_LOCAL_EXPLORER: 'false',
    // Nothing is deployed with it: no reason to wait for a site (ensure-guide.mjs).
    AUTHLY_GUIDE: 'leave',
    X_LOCAL_OBSERVABILITY: 'false',
    CI: 'true',
    NO_COLOR: '1',
  }
}
