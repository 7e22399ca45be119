/** Content negotiation of a scrape (RFC 9110 §12.5.1), for the two formats there are. */
import type { ExpositionFormat } from './exposition.ts'

interface Range {
  readonly type: string
  readonly version: string | undefined
  readonly quality: number
}

/** OpenMetrics where the scraper asks for it and does not prefer the text format of Prometheus. */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  const ranges = (accept ?? '').slice(0, 1000).split(',').map(readRange)
  const best = (isWanted: (range: Range) => boolean) =>
    Math.max(0, ...ranges.filter(isWanted).map(({ quality }) => quality))
  const openMetrics = best(
    ({ type, version }) =>
      type === 'application/openmetrics-text' && (version === undefined || version === '1.0.0'),
  )
  const text = best(({ type }) => type === 'text/plain' || type === 'text/*' || type === '*/*')
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'prometheus'
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const read = (name: string) =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1)
  const quality = Number(read('q') ?? 1)
  return { type, version: read('version'), quality: Number.isFinite(quality) ? quality : 0 }
}
