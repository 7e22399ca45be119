/**
 * The text that Prometheus reads: its own format, version 0.0.4, or OpenMetrics 1.0
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/). Both number buckets alike, so that queries do not depend on
 * which of them a scrape got.
 */
import { type MetricDefinition, type MetricName, metricCatalogue } from '../telemetry/metric-catalogue.ts'
import type { Family, SeriesValues } from '../telemetry/metric-families.ts'
import type { GaugeValue } from './metric-sources.ts'

export type ExpositionFormat = 'prometheus' | 'openmetrics'

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

type Series = readonly [labels: readonly string[], values: SeriesValues]

/**
 * Metrics that the catalogue does not have, or with other labels or buckets (of another version), are left out.
 * @param families counted by isolates
 */
export function formatMetrics(
  families: readonly Family[],
  gauges: readonly GaugeValue[],
  format: ExpositionFormat,
): string {
  const lines: string[] = []
  for (const [name, definition] of Object.entries<MetricDefinition>(metricCatalogue)) {
    const counted = families.find((family) => isOf(definition, name, family))
    const set = gauges.filter((gauge) => gauge.name === name)
    const series: readonly Series[] = [
      ...(counted?.series ?? []),
      ...set.map(({ labels, value }): Series => [labels, [value]]),
    ]
    writeMetric(lines, name as MetricName, definition, withZeros(definition, series), format)
  }
  if (format === 'openmetrics') lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

const boundsOf = (definition: MetricDefinition): readonly number[] =>
  definition.type === 'histogram' ? definition.buckets : []

const isOf = (definition: MetricDefinition, name: string, family: Family): boolean =>
  family.name === name &&
  isSame(family.labels, definition.labels) &&
  isSame(family.bounds, boundsOf(definition))

const isSame = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index])

/** A rate cannot see where a counter began, so that failures are there before the first. */
function withZeros(definition: MetricDefinition, series: readonly Series[]): readonly Series[] {
  if (definition.type === 'gauge' || !definition.showsZero) return series
  const position = definition.labels.indexOf('outcome')
  const zeros: SeriesValues =
    definition.type === 'counter' ? [0] : Array.from({ length: definition.buckets.length + 2 }, () => 0)
  const shown = new Map(series.map((each) => [each[0].join('\n'), each]))
  const kinds = definition.labels.length === 1 ? [['']] : series.map(([labels]) => labels)
  for (const labels of kinds) {
    for (const outcome of definition.showsZero) {
      const zero = labels.with(position, outcome)
      if (!shown.has(zero.join('\n'))) shown.set(zero.join('\n'), [zero, zeros])
    }
  }
  return [...shown.values()]
}

function writeMetric(
  lines: string[],
  name: MetricName,
  definition: MetricDefinition,
  series: readonly Series[],
  format: ExpositionFormat,
): void {
  if (series.length === 0) return
  // OpenMetrics names the family, whose samples have the suffix; Prometheus names the samples.
  const isSuffixed = format === 'openmetrics' && definition.type === 'counter'
  const family = isSuffixed ? name.replace(/_total$/, '') : name
  lines.push(`# HELP ${family} ${escapeHelp(definition.help, format)}`, `# TYPE ${family} ${definition.type}`)
  for (const [labels, values] of series) {
    const pairs = definition.labels.map((label, index) => `${label}="${escapeLabel(labels[index] ?? '')}"`)
    if (definition.type === 'histogram') writeHistogram(lines, name, definition.buckets, pairs, values)
    else lines.push(`${name}${labelSet(pairs)} ${values[0] ?? 0}`)
  }
}

function writeHistogram(
  lines: string[],
  name: string,
  bounds: readonly number[],
  pairs: readonly string[],
  values: SeriesValues,
): void {
  let count = 0
  for (const [index, bound] of [...bounds, undefined].entries()) {
    count += values[index] ?? 0
    const le = `le="${bound === undefined ? '+Inf' : formatBound(bound)}"`
    lines.push(`${name}_bucket${labelSet([...pairs, le])} ${count}`)
  }
  lines.push(
    `${name}_sum${labelSet(pairs)} ${values[bounds.length + 1] ?? 0}`,
    `${name}_count${labelSet(pairs)} ${count}`,
  )
}

const labelSet = (pairs: readonly string[]): string => (pairs.length === 0 ? '' : `{${pairs.join(',')}}`)

/** A float as OpenMetrics writes it: `1.0`, not `1`. */
const formatBound = (bound: number): string => (Number.isInteger(bound) ? `${bound}.0` : String(bound))

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** Only OpenMetrics escapes quotation marks there. */
function escapeHelp(help: string, format: ExpositionFormat): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped
}
