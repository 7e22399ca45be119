/**
 * `.dev.vars` is where wrangler reads local secrets. Our lines are in a marked block; everything else in the file
 * belongs to the developer, stays, and takes precedence: with a DATABASE_URL of their own, the embedded Postgres is not
 * used.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { errorCode, explainFileError } from '../process/operator-error.ts'
import { writePrivateFile } from '../process/private-file.ts'

const begin = '# --- written by npm start and npm run db: changes in this block are lost ---'
const end = '# --- end of the written block ---'

export type DevVars = {
  /** The developer's own variables. */
  own: Readonly<Record<string, string>>
  /** The variables written by the last start. */
  written: Readonly<Record<string, string>>
  ownText: string
}

export async function readDevVars(root: string): Promise<DevVars> {
  const path = join(root, '.dev.vars')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    return errorCode(error) === 'ENOENT' ? '' : explainFileError(error, path)
  })
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  const hasBlock = from >= 0 && to > from
  const ownText = hasBlock ? text.slice(0, from) + text.slice(to + end.length).replace(/^\n/, '') : text
  const written = hasBlock ? text.slice(from + begin.length, to) : ''
  return { own: definedOf(parseEnv(ownText)), written: definedOf(parseEnv(written)), ownText }
}

/** Replaces the block. Variables that the developer has set are left out of it. */
export async function writeDevVars(
  root: string,
  before: DevVars,
  vars: Record<string, string>,
): Promise<void> {
  const lines = Object.entries(vars)
    .filter(([name]) => before.own[name] === undefined)
    .map(([name, value]) => `${name}="${value}"`)
  const ownText =
    before.ownText === '' || before.ownText.endsWith('\n') ? before.ownText : `${before.ownText}\n`
  await writePrivateFile(join(root, '.dev.vars'), `${ownText}${[begin, ...lines, end].join('\n')}\n`)
}

/**
 * The root secret of this clone. Kept in the state folder too: if it were lost with `.dev.vars`, so would be all data
 * sealed under it.
 */
export async function keepRootSecret(stateFolder: string, vars: DevVars): Promise<string> {
  const path = join(stateFolder, 'root-secret')
  const given = vars.own['AUTHLY_ROOT_SECRET']
  if (given !== undefined) return given
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  const secret = kept?.trim() || vars.written['AUTHLY_ROOT_SECRET'] || randomBytes(32).toString('base64url')
  if (secret !== kept?.trim()) await writePrivateFile(path, `${secret}\n`)
  return secret
}

function definedOf(env: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
