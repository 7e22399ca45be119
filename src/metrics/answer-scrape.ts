/** Answers a scrape. */
import { unavailable } from '../admin/problems.ts'
import type { Origin } from '../audit/event.ts'
import { describeError } from '../kit/describe-error.ts'
import { noStoreHeaders } from '../kit/json-response.ts'
import { renderProblem } from '../kit/problem.ts'
import { handOverNow } from '../telemetry/count.ts'
import { renameClients } from '../telemetry/metric-families.ts'
import { chooseFormat } from './choose-format.ts'
import { contentTypes, formatMetrics } from './exposition.ts'
import type { GaugeValue, MetricSources } from './metric-sources.ts'
import { readScrape, type Scrape } from './read-scrape.ts'
import { findScraper, type ScraperNeeds } from './scraper.ts'

/** What stands for all clients where none may be named. */
const allClients = 'all'

export interface ScrapeNeeds extends ScraperNeeds {
  readonly metricSources: MetricSources
}

export async function answerScrape(needs: ScrapeNeeds, request: Request, origin: Origin): Promise<Response> {
  const { outcome, headers } = await findScraper(needs, request, origin)
  if (!outcome.ok) return renderProblem(outcome.error, origin.request_id, headers)
  // What this isolate has just counted is shown at once.
  await handOverNow()
  const scrape = await readScrape(needs.metricSources, needs.now).catch(describeError)
  if (typeof scrape === 'string') {
    return renderProblem({ ...unavailable, reason: scrape }, origin.request_id, headers)
  }
  const { families, gauges } = outcome.value.seesClients ? scrape : withoutClients(scrape)
  const format = chooseFormat(request.headers.get('accept') ?? undefined)
  return new Response(formatMetrics(families, gauges, format), {
    headers: { ...headers, ...noStoreHeaders, 'content-type': contentTypes[format] },
  })
}

/** Counts of all clients together, and the first time of a gauge that has one for each. */
function withoutClients({ families, gauges }: Scrape): Scrape {
  const isNamed = ({ name }: GaugeValue) => name === 'authly_client_secret_expiry_timestamp_seconds'
  const [first] = gauges.filter(isNamed).sort((left, right) => left.value - right.value)
  return {
    families: families.map((family) => renameClients(family, () => allClients)),
    gauges: [
      ...gauges.filter((gauge) => !isNamed(gauge)),
      ...(first ? [{ ...first, labels: [allClients] }] : []),
    ],
  }
}
