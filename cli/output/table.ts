/** Lists as tables and things as `name  value` lines, for people. Scripts should ask for `--output json`. */
import type { Paint } from './safe-text.ts'
import { safeJson, safeText } from './safe-text.ts'
import { pad, textWidth, truncate } from './text-width.ts'

export type Item = Readonly<Record<string, unknown>>

const gap = '  '
const narrowest = 8

/** A value in one line, harmless. */
export function cellOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return safeText(value)
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')) {
    return value.map((one) => safeText(String(one))).join(', ')
  }
  return typeof value === 'object' ? safeJson(value) : String(value)
}

/** `a.b.c` of an item; a property whose own name has dots comes first. */
export function valueAt(item: Item, path: string): unknown {
  if (Object.hasOwn(item, path)) return item[path]
  let value: unknown = item
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Item)[name]
  }
  return value
}

/** What is left out first where a table does not fit: columns without a value, and ids whose names stand beside them. */
export function fittingColumns(
  items: readonly Item[],
  columns: readonly string[],
  width: number | undefined,
): readonly string[] {
  if (width === undefined || isWithin(items, columns, width)) return columns
  const filled = columns.filter((column) => items.some((item) => cellOf(valueAt(item, column)) !== ''))
  if (isWithin(items, filled, width)) return filled
  return filled.filter((column) => {
    const name = column.replace(/[._]id$/, '_name')
    const isNamed = (item: Item) => cellOf(valueAt(item, column)) === '' || cellOf(valueAt(item, name)) !== ''
    return name === column || !filled.includes(name) || !items.every(isNamed)
  })
}

/** Whether the table fits without cutting anything. */
export const isWithin = (items: readonly Item[], columns: readonly string[], width: number): boolean =>
  widthsOf(items, columns).reduce((sum, each) => sum + each, 0) + gap.length * (columns.length - 1) <= width

const headOf = (column: string): string => safeText(column).toUpperCase().replaceAll('_', ' ')

const widthsOf = (items: readonly Item[], columns: readonly string[]): number[] =>
  columns.map((column) =>
    Math.max(textWidth(headOf(column)), ...items.map((item) => textWidth(cellOf(valueAt(item, column))))),
  )

/** @param width of the terminal; undefined: as wide as needed, nothing is cut */
export function renderTable(
  items: readonly Item[],
  columns: readonly string[],
  paint: Paint,
  width: number | undefined,
): string {
  const heads = columns.map(headOf)
  const rows = items.map((item) => columns.map((column) => cellOf(valueAt(item, column))))
  const widths = widthsOf(items, columns)
  if (width !== undefined) shrink(widths, width - gap.length * (columns.length - 1))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => pad(truncate(cell, widths[index] as number), widths[index] as number))
      .join(gap)
      .trimEnd()
  return [paint('bold', line(heads)), ...rows.map(line)].join('\n')
}

/** Takes from the widest column, one by one, until all fit or all are narrow. */
function shrink(widths: number[], room: number): void {
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] as number) <= narrowest) return
    widths[widest] = (widths[widest] as number) - 1
  }
}

/** One thing: a property a line, `inner.one` for those of objects in it, and a table for each list of objects. */
export function renderThing(thing: Item, paint: Paint, width?: number): string {
  const lists: [string, readonly Item[]][] = []
  const lines: [string, string][] = []
  for (const [name, value] of flatten(thing)) {
    if (isListOfThings(value)) lists.push([safeText(name), value])
    else lines.push([safeText(name), cellOf(value)])
  }
  const column = Math.max(0, ...lines.map(([name]) => textWidth(name)))
  const tables = lists.map(
    ([name, items]) => `\n${paint('bold', name)}\n${renderTable(items, columnsOf(items), paint, width)}`,
  )
  return [
    ...lines.map(([name, text]) => `${paint('bold', pad(name, column))}${gap}${text}`.trimEnd()),
    ...tables,
  ].join('\n')
}

const isListOfThings = (value: unknown): value is readonly Item[] =>
  Array.isArray(value) && value.length > 0 && value.every(isThing)

export const isThing = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects in the thing, one level deep: an empty one is nothing to see. */
const flatten = (thing: Item): readonly (readonly [string, unknown])[] =>
  Object.entries(thing).flatMap(([name, value]) =>
    isThing(value)
      ? Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, one] as const)
      : [[name, value] as const],
  )

/** Columns nobody chose: the first properties that hold one value. */
export const columnsOf = (items: readonly Item[]): readonly string[] =>
  [...new Set(items.flatMap((item) => Object.keys(item)))]
    .filter((name) =>
      items.every(
        (item) => typeof item[name] !== 'object' || item[name] === null || Array.isArray(item[name]),
      ),
    )
    .slice(0, 7)
