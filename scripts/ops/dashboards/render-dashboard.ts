/** Grafana's dashboard model (schema 39, Grafana 11): https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
import type { Dashboard, Panel, Row, Target } from './panel.ts'

const columns = 24
const panelHeight = 8
const defaultWidth = 8

const datasource = { type: 'prometheus', uid: '$datasource' }

/** @returns a dashboard that can be imported, or provisioned from a file */
export const renderDashboard = ({ uid, title, description, rows }: Dashboard) => ({
  ...{ uid, title, description },
  tags: ['authly'],
  schemaVersion: 39,
  editable: true,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  timezone: 'browser',
  links: [
    {
      type: 'dashboards',
      title: 'Authly',
      tags: ['authly'],
      asDropdown: true,
      keepTime: true,
      includeVars: true,
    },
  ],
  templating: { list: variables },
  annotations: { list: [deployments] },
  panels: placeRows(rows),
})

const variables = [
  {
    ...{ type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus' },
    ...{ current: {}, options: [], refresh: 1, regex: '', multi: false, includeAll: false, hide: 0 },
  },
  {
    ...{ type: 'query', name: 'region', label: 'Region', datasource },
    definition: 'label_values(up{job="authly"}, region)',
    query: { query: 'label_values(up{job="authly"}, region)', refId: 'regions', qryType: 1 },
    // Looked up again when the time range changes; `.*` so that a new region is included at once.
    ...{ current: {}, options: [], refresh: 2, regex: '', sort: 1 },
    ...{ multi: true, includeAll: true, allValue: '.*', hide: 0 },
  },
]

/** A line in every panel where a new version began to answer. */
const deployments = {
  ...{ name: 'New version', datasource, enable: true, iconColor: 'blue' },
  expr: 'authly_build_info{region=~"$region"} unless authly_build_info{region=~"$region"} offset 5m',
  ...{ step: '60s', titleFormat: '{{version}}', tagKeys: 'region,version' },
}

function placeRows(rows: readonly Row[]) {
  const placed: object[] = []
  let y = 0
  let id = 1
  for (const { title, panels } of rows) {
    placed.push({
      type: 'row',
      id: id++,
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: columns, h: 1 },
    })
    y += 1
    let x = 0
    for (const panel of panels) {
      const w = panel.width ?? defaultWidth
      if (x + w > columns) {
        x = 0
        y += panelHeight
      }
      placed.push(renderPanel(panel, id++, { x, y, w, h: panelHeight }))
      x += w
    }
    y += panelHeight
  }
  return placed
}

const renderPanel = (panel: Panel, id: number, gridPos: object) => ({
  ...{ id, gridPos, datasource, title: panel.title },
  type: panel.type ?? 'timeseries',
  description:
    panel.emptyBecause === undefined
      ? panel.description
      : `${panel.description} Empty: ${panel.emptyBecause}.`,
  fieldConfig: {
    defaults: { unit: panel.unit, ...thresholds(panel), ...(panel.type !== 'stat' && { min: 0 }) },
    overrides: [],
  },
  options: panel.type === 'stat' ? statOptions : timeseriesOptions,
  targets: panel.targets.map((target, index) => renderTarget(target, String.fromCharCode(65 + index))),
})

const renderTarget = ({ expr, legend }: Target, refId: string) => ({
  ...{ refId, datasource, expr, legendFormat: legend, range: true, instant: false, editorMode: 'code' },
})

function thresholds({ limit, type }: Panel) {
  if (limit === undefined) return {}
  const [below, above] = limit.isFloor ? ['red', 'green'] : ['green', 'red']
  const steps = [
    { color: below, value: null },
    { color: above, value: limit.value },
  ]
  return {
    thresholds: { mode: 'absolute', steps },
    ...(type === 'stat' ? {} : { custom: { thresholdsStyle: { mode: 'line' } } }),
  }
}

const timeseriesOptions = {
  legend: {
    displayMode: 'table',
    placement: 'bottom',
    showLegend: true,
    calcs: ['mean', 'max', 'lastNotNull'],
  },
  tooltip: { mode: 'multi', sort: 'desc' },
}

const statOptions = {
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  ...{ colorMode: 'background', graphMode: 'area', textMode: 'auto', orientation: 'auto' },
}
