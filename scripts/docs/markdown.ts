/** Markdown tables for generated documents. */

/** First line of every generated file. */
export const generatedNotice = (source: string) =>
  `<!-- Generated from ${source} by \`npm run docs:generate\`. Changes here are lost. -->`

/** A table; cells may contain Markdown; pipes and line breaks are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `1209600` as `14 d`; undefined when it is not a whole number of minutes. */
export function message(seconds: number): string | undefined {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const
  const unit = units.find(([, size]) => seconds >= size && seconds % size === 0)
  return unit && `${seconds / unit[1]} ${unit[0]}`
}
