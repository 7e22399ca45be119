/** The little of YAML that rule and configuration files need: nested maps, lists and scalars, in block style. */

export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined }

/** Strings are quoted where plain ones could be misread; a single quote is doubled (YAML 1.2 §7.3.2). */
const isPlain = (text: string): boolean =>
  /^[A-Za-z/_][\w ./:-]*$/.test(text) && !/: |:$|\s$|^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text)

const scalar = (value: string | number | boolean): string =>
  typeof value === 'string' && !isPlain(value) ? `'${value.replaceAll("'", "''")}'` : String(value)

export const renderYaml = (value: Yaml): string => `${renderLines(value).join('\n')}\n`

function renderLines(value: Yaml): readonly string[] {
  if (typeof value !== 'object') return [scalar(value)]
  if (isList(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = renderLines(item)
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    })
  }
  return Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return []
    if (typeof member !== 'object') return [`${scalar(key)}: ${scalar(member)}`]
    return [`${scalar(key)}:`, ...renderLines(member).map((line) => `  ${line}`)]
  })
}

const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value)
