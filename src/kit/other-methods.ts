/** The methods of a path, for 405 and `Allow` (RFC 9110 §15.5.6). */
import { countParameters, matchesPath } from './route-template.ts'

interface MountedRoute {
  readonly method: string
  readonly path: string
}

/**
 * The methods that `path` supports other than `method`. Empty when there is no such path, or when its own handler
 * responded that there is nothing here. A literal pattern wins over one with parameters.
 * @param routes patterns as written by the router, `/a/:b`
 */
export function otherMethods(
  routes: readonly MountedRoute[],
  method: string,
  path: string,
): readonly string[] {
  const fitting = routes.filter((route) => route.method !== 'ALL' && matchesPath(route.path, path))
  const fewest = Math.min(...fitting.map((route) => countParameters(route.path)))
  const best = fitting.filter((route) => countParameters(route.path) === fewest)
  const methods = new Set(best.map((route) => route.method))
  if (methods.has(method === 'HEAD' ? 'GET' : method)) return []
  // The router answers HEAD like GET, without a body (RFC 9110 §9.3.2).
  return [...methods].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]))
}
