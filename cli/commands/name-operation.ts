/**
 * The words of an operation's command follow from its route: what stands in the path, then what the method does to it.
 * `GET /admin/users` is `users list`, `POST /admin/users/{user_id}/disable` is `users disable`.
 */
import type { CatalogueOperation } from '../api/catalogue.ts'

type Route = Pick<CatalogueOperation, 'method' | 'path' | 'answer' | 'id'>

/** Better words than the route gives, by operation id. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  checkClientProfile: ['client-profiles', 'check'],
  listAdminAuditEvents: ['audit', 'by-admin'],
  listUserAuditEvents: ['audit', 'about-user'],
  listUserFactors: ['users', 'factors', 'list'],
  retireKey: ['keys', 'retire'],
  searchAuditEvents: ['audit', 'search'],
  // `audit verify` proves a file, here; this asks the server to look at itself.
  verifyAuditTrail: ['audit', 'self-check'],
}

const isParameter = (segment: string) => segment.startsWith('{')

export function nameOperation(operation: Route, all: readonly Route[]): readonly string[] {
  const own = chosen[operation.id]
  if (own) return own
  const segments = operation.path.split('/').slice(2)
  const words = segments.filter((segment) => !isParameter(segment)).map((word) => word.replaceAll('_', '-'))
  const verb = verbOf(operation, segments, all)
  return verb === undefined ? words : [...words, verb]
}

function verbOf(operation: Route, segments: readonly string[], all: readonly Route[]): string | undefined {
  const { method, path, answer } = operation
  const isThing = isParameter(segments.at(-1) as string)
  // Two routes with the same words: one for all, one for a single thing below it.
  const hasMember = all.some((other) => other.path.startsWith(`${path}/{`))
  const methods = new Set(all.filter((other) => other.path === path).map((other) => other.method))
  switch (method) {
    case 'GET':
      if (isThing) return 'get'
      if (answer === 'page' || answer === 'items') return 'list'
      return methods.size > 1 || hasMember ? 'get' : undefined
    case 'POST':
      return isThing ? 'act' : hasMember || methods.has('GET') ? 'create' : undefined
    case 'PATCH':
      return 'update'
    case 'PUT':
      return 'set'
    case 'DELETE':
      return isThing || !hasMember ? 'delete' : 'delete-all'
  }
}
