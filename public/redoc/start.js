/* ReDoc on this server's own document, in the colors that the reader's system asks for. */
import { operationsWithFilters } from '/docs/filters.js'
import { darkTheme } from './dark-theme.js'

/**
 * ReDoc folds members of objects, not parameters. A form-style object in the query is the same request (OpenAPI
 * Parameter Object, `explode`): each member is a parameter of its own.
 */
function foldFilters(document) {
  for (const { operation, filters } of operationsWithFilters(document)) {
    const members = filters.map(({ name, description, schema, example }) => [
      name,
      {
        ...schema,
        description: description ?? schema?.description,
        ...(example !== undefined && { example }),
      },
    ])
    operation.parameters = operation.parameters.filter((parameter) => !filters.includes(parameter))
    operation.parameters.push({
      name: `Filters (${filters.length})`,
      in: 'query',
      style: 'form',
      explode: true,
      description: 'Each is a query parameter of its own.',
      schema: { type: 'object', properties: Object.fromEntries(members) },
    })
  }
  return document
}

const description = foldFilters(await (await fetch('/openapi.json')).json())
const darkScheme = matchMedia('(prefers-color-scheme: dark)')

/** ReDoc computes its colors once, at its start: another scheme is another start, in an element of its own. */
function render() {
  const place = document.createElement('div')
  place.id = 'redoc'
  document.getElementById('redoc').replaceWith(place)
  const options = {
    nativeScrollbars: true,
    requiredPropsFirst: true,
    sortTagsAlphabetically: false,
    hideHostname: true,
    // The header has the links: ReDoc would offer the document with the folded filters.
    hideDownloadButton: true,
    theme: darkScheme.matches ? darkTheme : {},
  }
  Redoc.init(description, options, place)
}
render()
darkScheme.addEventListener('change', render)
