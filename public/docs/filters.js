/* Which parameters of a list are its filters: there are dozens, and few requests need more than one. */

/** Parameters that most requests use: they stay in sight. */
const usual = new Set(['q', 'limit', 'cursor', 'after', 'include_total', 'sort', 'order', 'format', 'bom'])

/** So few take no more room than the line that would fold them. */
const worthFolding = 4

/**
 * @param document an OpenAPI document
 * @returns operations with their filters, for each operation that has enough of them to fold
 */
export function operationsWithFilters(document) {
  return Object.entries(document.paths ?? {})
    .filter(([path]) => path.startsWith('/admin/'))
    .map(([, { get: operation }]) => ({ operation, filters: (operation?.parameters ?? []).filter(isFilter) }))
    .filter(({ filters }) => filters.length >= worthFolding)
}

const isFilter = (parameter) => parameter.in === 'query' && !parameter.required && !usual.has(parameter.name)
