/** docs/metrics.md */
import { type MetricDefinition, metricCatalogue, metricLabels } from '../../src/telemetry/metric-catalogue.ts'
import { generatedNotice, table } from './markdown.ts'

export function metricsDocument(): string {
  return [
    generatedNotice('src/telemetry/metric-catalogue.ts and scripts/docs/metrics-document.ts'),
    '# Metrics',
    'For Prometheus, at `GET /metrics`, in its text format (0.0.4) or in OpenMetrics 1.0, as `Accept` prefers. Switched on with `AUTHLY_METRICS=true` ([configuration](configuration.md)); without it nothing is counted and there is nothing at the address. `npm start` switches it on; its token is in `.dev.vars`:',
    fenced('sh', shell),
    '## Who may read them',
    'Each region is a target of its own, with the labels `job="authly"` and `region`, by which rules and dashboards add up. Scrape a region in one of two ways: two scrapes of it would count everything twice.',
    '- **`AUTHLY_METRICS_TOKEN`**, a bearer token of at least 32 characters, which is a secret of the deployment. It works while Postgres is unavailable, and sees no clients: `client_id` is `all`.',
    '- **An access token** with the scope `admin:stats:read`, of a service account or an administrator who has that permission. Clients have their names for those who have `admin:clients:read` too. Rights are checked in Postgres, so that these scrapes fail while it is unavailable. A client that must sign its admin requests cannot be used by Prometheus.',
    'A wrong token costs its address a permit of `admin-ip-unauthenticated`, like any other token that administration refuses.',
    fenced('yaml', scrapeConfig),
    '## What the numbers are',
    '- **Counters and histograms** are counted by each isolate in memory and handed over every five seconds to one of four Durable Objects, which keep the sums on disk and lose nothing; a scrape adds them. They do not fall when isolates end, objects are evicted or a version is deployed. A hand-over that is repeated counts once. An isolate that ends loses what it counted since its last one, at most its last seconds.',
    '- **Gauges** are read at the scrape: from Postgres in one round trip, and from the outboxes, at most every 15 s by each isolate. What does not answer is absent, and not 0; `authly_postgres_up` says so. The counters stay readable.',
    '- **Labels are bounded.** A route is a template, an error is from a list, and only authenticated clients are named: the 50 with the most requests of each hand-over, and the first 200 of each object; the rest is `other`. A client keeps its name until it has been idle for 30 days.',
    '- **Clocks.** On Cloudflare the clock of a Worker stands still while code computes: there durations are the time that was waited, for Postgres, objects and others, and signatures take none. CPU time is in the metrics of the platform. Self-hosted and local servers measure both.',
    '- **Connections** are those that Postgres counts for the role of the worker. Behind the pooler of Neon they are the ones of the pool; how many requests wait for one is to be seen at Neon alone.',
    '- Events of the audit trail that one statement writes for many rows (imports) are not in `authly_audit_events_total`.',
    '## The share of the cache',
    'How many reads of clients, keys and settings memory answers, for administration:',
    fenced('promql', cacheShare),
    '## All metrics',
    table(
      ['Metric', 'Type', 'Labels', 'Meaning'],
      Object.entries<MetricDefinition>(metricCatalogue).map(([name, { type, labels, help }]) => [
        ...[`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help],
      ]),
    ),
    '## Labels',
    table(
      ['Label', 'Its values'],
      Object.entries(metricLabels).map(([label, meaning]) => [`\`${label}\``, meaning]),
    ),
    '## Buckets',
    table(
      ['Histogram', 'Upper bounds'],
      Object.entries<MetricDefinition>(metricCatalogue).flatMap(([name, definition]) =>
        definition.type === 'histogram' ? [[`\`${name}\``, definition.buckets.join(', ')]] : [],
      ),
    ),
  ].join('\n\n')
}

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``

const shell = `token=$(sed -n 's/^AUTHLY_METRICS_TOKEN="\\(.*\\)"/\\1/p' .dev.vars)
curl -H "authorization: Bearer $token" http://localhost:8787/metrics`

const scrapeConfig = `scrape_configs:
  - job_name: authly
    scheme: https
    authorization:
      credentials_file: /etc/prometheus/authly-metrics-token
    static_configs:
      - targets: [us.auth.example.com]
        labels: { region: us }

  # With the names of clients: a service account with admin:stats:read and admin:clients:read. Prometheus gets its tokens
  # itself (RFC 6749 §4.4), from the region that it scrapes. The name of a job is unique; the label is the same for all.
  - job_name: authly-eu
    scheme: https
    oauth2:
      client_id: prometheus
      client_secret_file: /etc/prometheus/authly-client-secret
      token_url: https://eu.auth.example.com/oauth/token
      scopes: ['admin:stats:read', 'admin:clients:read']
    static_configs:
      - targets: [eu.auth.example.com]
        labels: { job: authly, region: eu }`

const cacheShare = `sum(rate(authly_cache_reads_total{area="admin", tier="memory", result=~"hit|stale"}[5m]))
/ sum(rate(authly_cache_reads_total{area="admin", tier="memory"}[5m]))`
