/**
 * The database functions that check permissions are called only in `src/access/`. Elsewhere, code could write a check
 * of its own, or call one of them and forget the others.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Prefixes of their names, and of the transaction settings they read. */
export const rightsInSql = [
  'authly_authorize',
  'authly_permissions_of',
  'authly_covers',
  'authly_token_permissions',
  'authly_client_still_registered',
  'authly_assert_',
  'authly_note_restrictions',
  'authly.token_scopes',
  'authly.actor',
  'authly.restrictions',
] as const

/** One line for each use outside `src/access/`. @param folder with `src` in it */
export function findRightsOutsideAccess(folder: string): readonly string[] {
  const source = join(folder, 'src')
  if (!existsSync(source)) return []
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /[.]tsx?$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('src/access/'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return rightsInSql
        .filter((name) => text.includes(name))
        .map((name) => `error rights-are-asked-in-access: ${file} → ${name}`)
    })
    .sort()
}
