/**
 * Says before `wrangler dev` starts without any variables what it is that every request will miss. Wrangler runs it
 * (`[build]` in wrangler.toml) on whatever Node there is: built-in modules only.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
// Our own scripts hand them over (`AUTHLY_VARIABLES`).
const isByHand = process.env.WRANGLER_COMMAND === 'dev' && process.env.AUTHLY_VARIABLES !== 'given'

if (isByHand && !existsSync(join(root, '.dev.vars'))) {
  process.stderr.write(`
Authly: there is no .dev.vars yet, so the worker has neither an issuer nor a root secret nor a database.
  npm run db     writes it and keeps the database running; start wrangler dev in another terminal then.
  npm start      does both at once.

`)
}
