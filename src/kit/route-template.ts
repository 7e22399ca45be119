/**
 * Routes by template, for logs and metrics. Attack: whatever a path contains beyond the routes of this server was chosen
 * by the caller. It may be a secret in the wrong place, and each would be another time series.
 */

interface MountedRoute {
  /** Pattern as the router writes it, `/a/:b`. */
  readonly path: string
}

/** In braces, as OpenAPI writes it: `/a/:b` becomes `/a/{b}`. */
export const templateOf = (pattern: string): string =>
  pattern.replaceAll(/:(\w+)(?:\{[^/]*\})?/g, (_, name: string) => `{${name}}`)

/** The template of the route at `path`, whatever its method; of any other path its known beginning: `/oauth/*`. */
export function findTemplate(routes: readonly MountedRoute[], path: string): string {
  const patterns = routes.map((route) => route.path).filter((pattern) => !pattern.includes('*'))
  const [fitting] = patterns
    .filter((pattern) => matchesPath(pattern, path))
    .sort((left, right) => countParameters(left) - countParameters(right))
  if (fitting !== undefined) return templateOf(fitting)
  const beginnings = patterns.map((pattern) => commonSegments(pattern, path))
  const longest = beginnings.reduce((left, right) => (right.length > left.length ? right : left), [''])
  return `${templateOf(longest.join('/'))}/*`
}

export const matchesPath = (pattern: string, path: string): boolean =>
  pattern.split('/').length === path.split('/').length &&
  commonSegments(pattern, path).length === path.split('/').length

/** A literal pattern wins over one with parameters. */
export const countParameters = (pattern: string): number => pattern.split('/:').length - 1

/** Segments of `pattern` that `path` begins with. */
function commonSegments(pattern: string, path: string): readonly string[] {
  const parts = path.split('/')
  const segments = pattern.split('/')
  const end = segments.findIndex(
    (segment, index) => segment !== parts[index] && !(segment.startsWith(':') && parts[index]),
  )
  return end === -1 ? segments : segments.slice(0, end)
}
