/** The server that `npm start` runs in this clone: whoever tries it out has no other yet. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const facts = join(import.meta.dirname, '..', '..', '.authly', 'dev.json')

/** For hints only: nobody is signed in anywhere without having named the server. */
export function localIssuer(): string | undefined {
  try {
    const { issuer } = JSON.parse(readFileSync(facts, 'utf8')) as { issuer?: unknown }
    return typeof issuer === 'string' ? issuer : undefined
  } catch {
    return undefined
  }
}
