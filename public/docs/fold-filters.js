/* A plugin of Swagger UI: the filters of a list are behind one button, "Filters (34)". */
import { operationsWithFilters } from './filters.js'

/** Marks the filters in the document; the first one carries the names of all, as it is where the button goes. */
export function markFilters(document) {
  for (const { filters } of operationsWithFilters(document)) {
    for (const filter of filters) filter['x-filter'] = true
    filters[0]['x-filters'] = filters.map(({ name }) => name)
  }
}

export const foldFilters = {
  wrapComponents: {
    parameterRow: (Row, system) => (props) => {
      const { createElement, Fragment } = system.React
      const { rawParam } = props
      if (!rawParam.get('x-filter')) return createElement(Row, props)
      // Values are kept in the store of Swagger UI: a row that is not rendered keeps its own, and it is sent.
      const row = isOpen(system, props.pathMethod) ? createElement(Row, props) : null
      const names = rawParam.get('x-filters')
      if (!names) return row
      return createElement(Fragment, null, buttonRow(system, props.pathMethod, names.toJS()), row)
    },
  },
}

const placeOf = (pathMethod) => [...pathMethod, 'filters']
const isOpen = ({ layoutSelectors }, pathMethod) => layoutSelectors.isShown(placeOf(pathMethod), false)

function buttonRow(system, pathMethod, names) {
  const { createElement } = system.React
  const open = isOpen(system, pathMethod)
  const filters = names.map((name) => system.specSelectors.parameterWithMeta(pathMethod, name, 'query'))
  const filled = filters.filter((filter) => hasValue(filter.get('value'))).length
  const refused = filters.filter((filter) => filter.get('errors')?.size).length
  const parts = [`Filters (${names.length})`]
  if (filled) parts.push(`${filled} filled in`)
  // What keeps "Execute" from sending must not hide.
  if (refused) parts.push(`${refused} not valid`)
  const button = createElement(
    'button',
    {
      type: 'button',
      className: 'filters-button',
      'aria-expanded': open,
      onClick: () => system.layoutActions.show(placeOf(pathMethod), !open),
    },
    parts.join(', '),
  )
  return createElement('tr', { className: 'filters' }, createElement('td', { colSpan: 2 }, button))
}

/** An empty field leaves an empty string, an empty list a list of the store's own kind. */
const hasValue = (value) => value !== undefined && value !== '' && value?.size !== 0
