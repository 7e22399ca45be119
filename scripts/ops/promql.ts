/**
 * PromQL whose metric and label names are checked by the compiler against the catalogue of the metrics that the server
 * exposes: a metric that is renamed there, or a label that it does not have, is a type error here.
 */
import { metricCatalogue } from '../../src/telemetry/metric-catalogue.ts'

type Catalogue = typeof metricCatalogue
type NameOf<Type extends string> = {
  [Name in keyof Catalogue]: Catalogue[Name]['type'] extends Type ? Name : never
}[keyof Catalogue]
type LabelOf<Name extends keyof Catalogue> = Catalogue[Name]['labels'][number]

export type Counter = NameOf<'counter'>
export type Gauge = NameOf<'gauge'>
export type Histogram = NameOf<'histogram'>

/** Labels that Prometheus adds to everything it scrapes (ops/prometheus/prometheus.yml). */
type TargetLabel = 'job' | 'instance' | 'region'

/** Operator and value of a label matcher, e.g. `=failed`, `=~/admin/.*`. */
type Matcher = `=${string}` | `!=${string}` | `=~${string}` | `!~${string}`
type Matchers<Label extends string> = { readonly [Name in Label]?: Matcher }

/** An instant vector: its text, and the labels that its series have. */
export interface Vector<Label extends string> {
  readonly text: string
  readonly labels: readonly Label[]
}

/** Selects series of the catalogue's metrics, all within the same scope and rate window. */
export interface Queries {
  gauge<Name extends Gauge>(
    name: Name,
    matchers?: Matchers<LabelOf<Name>>,
  ): Vector<LabelOf<Name> | TargetLabel>
  /** Per second. */
  rate<Name extends Counter>(
    name: Name,
    matchers?: Matchers<LabelOf<Name>>,
  ): Vector<LabelOf<Name> | TargetLabel>
  /** Observations per second. */
  observed<Name extends Histogram>(
    name: Name,
    matchers?: Matchers<LabelOf<Name>>,
  ): Vector<LabelOf<Name> | TargetLabel>
  /** The sum of what was observed, per second. */
  summed<Name extends Histogram>(
    name: Name,
    matchers?: Matchers<LabelOf<Name>>,
  ): Vector<LabelOf<Name> | TargetLabel>
  /** Observations per second, by upper bound. */
  buckets<Name extends Histogram>(
    name: Name,
    matchers?: Matchers<LabelOf<Name> | 'le'>,
  ): Vector<LabelOf<Name> | TargetLabel | 'le'>
}

/**
 * @param window range of `rate`, e.g. `5m` or Grafana's `$__rate_interval`
 * @param scope a matcher for all of them, e.g. `region=~"$region"`
 */
export function createQueries(window: string, scope = ''): Queries {
  const select = <Name extends keyof Catalogue>(
    name: Name,
    suffix: string,
    matchers: Readonly<Record<string, Matcher | undefined>>,
  ) => {
    const written = Object.entries(matchers).map(([label, matcher = '=']) => renderMatcher(label, matcher))
    const all = [scope, ...written].filter(Boolean).join(', ')
    return {
      text: `${name}${suffix}${all && `{${all}}`}`,
      labels: metricCatalogue[name].labels as readonly LabelOf<Name>[],
    }
  }
  const rate = <Label extends string>({ text, labels }: Vector<Label>) => ({
    text: `rate(${text}[${window}])`,
    labels,
  })
  return {
    gauge: (name, matchers = {}) => select(name, '', matchers),
    rate: (name, matchers = {}) => rate(select(name, '', matchers)),
    observed: (name, matchers = {}) => rate(select(name, '_count', matchers)),
    summed: (name, matchers = {}) => rate(select(name, '_sum', matchers)),
    buckets: (name, matchers = {}) => rate(select(name, '_bucket', matchers)),
  }
}

function renderMatcher(label: string, matcher: Matcher): string {
  const operator = /^(?:=~|!~|!=|=)/.exec(matcher)?.[0] ?? '='
  return `${label}${operator}${JSON.stringify(matcher.slice(operator.length))}`
}

type Aggregation = <Label extends string, Kept extends Label>(
  vector: Vector<Label>,
  ...by: readonly Kept[]
) => Vector<Kept>

const aggregate =
  (operator: string): Aggregation =>
  (vector, ...by) => ({
    text: `${operator}${by.length > 0 ? ` by (${by.join(', ')}) ` : ''}(${vector.text})`,
    labels: by,
  })

export const sumBy = aggregate('sum')
export const maxBy = aggregate('max')
export const minBy = aggregate('min')

/** The quantile `q` of a histogram's buckets, for each combination of the labels. */
export const quantileBy = <Label extends string, Kept extends Exclude<Label, 'le'>>(
  q: number,
  buckets: Vector<Label | 'le'>,
  ...by: readonly Kept[]
): Vector<Kept> => ({
  text: `histogram_quantile(${q}, ${sumBy<Label | 'le', Kept | 'le'>(buckets, 'le', ...by).text})`,
  labels: by,
})

/** `part` divided by `whole`; no series where nothing was counted. */
export const ratio = <Label extends string>(part: Vector<Label>, whole: Vector<Label>): Vector<Label> => ({
  text: `${part.text} / (${whole.text} > 0)`,
  labels: whole.labels,
})

/** `part` with a zero wherever `whole` has a series and `part` has none yet. */
export const orZero = <Label extends string>(part: Vector<Label>, whole: Vector<Label>): Vector<Label> => ({
  text: `(${part.text} or 0 * ${whole.text})`,
  labels: whole.labels,
})
