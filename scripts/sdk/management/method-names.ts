/**
 * What the operations of the admin API are called in `@authly-server/management`: derived from method and path, so that
 * a new operation has a name without a line here. `GET /admin/users/{user_id}/sessions` is `users.sessions.list`.
 */
import type { LocatedOperation } from '../../docs/openapi/openapi-types.ts'

/** By operation id, where the rule gives a word that nobody would look for. */
export const namedByHand: Readonly<Record<string, string>> = {
  searchAuditEvents: 'audit.search',
  uploadBrandImage: 'branding.images.upload',
}

export interface NamingFacts {
  /** Whether it answers with `items`. */
  readonly isList: boolean
}

/** @throws Error when two operations would have one name, or one the name of the group that another is in */
export function methodNames(
  operations: readonly LocatedOperation[],
  factsOf: (operation: LocatedOperation) => NamingFacts,
): ReadonlyMap<LocatedOperation, string> {
  const paths = new Map<string, Set<string>>()
  for (const { path, method } of operations) paths.set(path, new Set([...(paths.get(path) ?? []), method]))
  const names = new Map(
    operations.map((operation) => [
      operation,
      namedByHand[operation.operation.operationId ?? ''] ??
        derivedName(operation, factsOf(operation).isList, paths),
    ]),
  )
  checkNames([...names].map(([{ method, path }, name]) => ({ name, operation: `${method} ${path}` })))
  return names
}

function derivedName(
  { method, path }: LocatedOperation,
  isList: boolean,
  paths: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  const segments = path.split('/').slice(2)
  const groups = segments.filter((segment) => !isParameter(segment)).map(camelCase)
  const inside = (...more: string[]) => [...groups, ...more].join('.')
  if (isList) return inside('list')
  if (isParameter(segments.at(-1) ?? '')) return inside(verbs[method] ?? method)
  const isRead = paths.get(path)?.has('get') ?? false
  if (method === 'delete') return inside(hasItems(path, paths) && isRead ? 'deleteAll' : 'delete')
  if (method === 'post' && (isRead || hasItems(path, paths))) return inside('create')
  if (method === 'patch') return inside('update')
  if (method === 'put' && isRead) return inside('replace')
  // The rest are actions, called as their last word says: `users.disable`, `users.count`, `users.setRoles`.
  const isGroup = [...paths.keys()].some((other) => other.startsWith(`${path}/`))
  if (method === 'get' && isGroup) return inside('get')
  const last = groups.pop() ?? ''
  return inside(method === 'put' ? `set${last.charAt(0).toUpperCase()}${last.slice(1)}` : last)
}

const verbs: Readonly<Record<string, string>> = {
  ...{ get: 'get', patch: 'update', put: 'replace', delete: 'delete', post: 'create' },
}

const isParameter = (segment: string): boolean => segment.startsWith('{')

const hasItems = (path: string, paths: ReadonlyMap<string, unknown>): boolean =>
  [...paths.keys()].some((other) => other.startsWith(`${path}/{`))

export const camelCase = (text: string): string =>
  text.replaceAll(/[-_.]+(\w)/g, (_, letter: string) => letter.toUpperCase())

function checkNames(named: readonly { readonly name: string; readonly operation: string }[]): void {
  const seen = new Map<string, string>()
  for (const { name, operation } of named) {
    const other = seen.get(name)
    if (other !== undefined)
      throw new Error(`${operation} and ${other} would both be ${name}: name one in method-names.ts`)
    seen.set(name, operation)
  }
  for (const { name, operation } of named)
    for (const [other, of] of seen)
      if (other.startsWith(`${name}.`))
        throw new Error(`${operation} would be ${name}, which contains ${of}: name one in method-names.ts`)
}
