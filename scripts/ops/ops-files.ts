/** Files for Grafana and Prometheus: built, never committed (scripts/build.ts). */
import { dashboards } from './dashboards/index.ts'
import { renderDashboard } from './dashboards/render-dashboard.ts'
import type { RuleOptions } from './rules/rule.ts'
import { renderPrometheusConfig, renderRules } from './rules/rule-files.ts'

/** @returns text by path in the project; the same options give the same bytes */
export const opsFiles = (options: RuleOptions = {}): Readonly<Record<string, string>> => ({
  'ops/prometheus/authly.rules.yml': renderRules(options),
  'ops/prometheus/prometheus.yml': renderPrometheusConfig(options),
  ...Object.fromEntries(
    dashboards.map((dashboard) => [
      `ops/grafana/${dashboard.uid}.json`,
      `${JSON.stringify(renderDashboard(dashboard), null, 2)}\n`,
    ]),
  ),
})
