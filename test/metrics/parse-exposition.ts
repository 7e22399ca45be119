/**
 * A strict reader of both text formats, written from their specifications and not from our writer. It throws for what a
 * scraper could misread.
 */

export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ReadFamily {
  readonly type: string
  readonly help: string
  readonly samples: ReadSample[]
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y

export function parseExposition(text: string, format: 'prometheus' | 'openmetrics'): Map<string, ReadFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line must end')
  const lines = text.slice(0, -1).split('\n')
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('OpenMetrics ends with # EOF')
  const families = new Map<string, ReadFamily>()
  const seen = new Set<string>()
  let name = ''
  let help = ''
  for (const line of lines) {
    const [, keyword, subject = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (keyword === 'HELP') {
      if (families.has(subject)) throw new Error(`${subject} is described twice`)
      name = subject
      help = rest.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
    } else if (keyword === 'TYPE') {
      if (subject !== name) throw new Error(`${subject} is typed before it is described`)
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`no such type: ${rest}`)
      families.set(name, { type: rest, help, samples: [] })
    } else {
      const sample = readSample(line)
      const family = families.get(name)
      if (!family) throw new Error(`${line} belongs to no family`)
      if (!namesOf(name, family.type, format).includes(sample.name))
        throw new Error(`${line} is not of ${name}`)
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (seen.has(key)) throw new Error(`twice: ${line}`)
      seen.add(key)
      family.samples.push(sample)
    }
  }
  return families
}

function namesOf(name: string, type: string, format: string): readonly string[] {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`]
  return [type === 'counter' && format === 'openmetrics' ? `${name}_total` : name]
}

function readSample(line: string): ReadSample {
  const [, name, pairs, number] = sampleLine.exec(line) ?? []
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number)
  if (name === undefined || Number.isNaN(value)) throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  labelPair.lastIndex = 0
  while (pairs !== undefined && labelPair.lastIndex < pairs.length) {
    const [, label, text] = labelPair.exec(pairs) ?? []
    if (label === undefined || text === undefined) throw new Error(`bad labels: ${line}`)
    if (label in labels) throw new Error(`a label twice: ${line}`)
    labels[label] = text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
  }
  return { name, labels, value }
}

/** The value of one sample; undefined when there is none. */
export function sampleValue(
  families: ReadonlyMap<string, ReadFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const all = [...families.values()].flatMap(({ samples }) => samples)
  const matching = all.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  return matching.length === 0 ? undefined : matching.reduce((sum, { value }) => sum + value, 0)
}
