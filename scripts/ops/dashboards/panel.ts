/** A panel as dashboards describe it; `render-dashboard.ts` makes Grafana's JSON of it. */

export interface Target {
  readonly expr: string
  /** Name of each series, with `{{label}}`. */
  readonly legend: string
}

export interface Panel {
  readonly title: string
  /** What it shows and what is normal, for who sees it the first time. */
  readonly description: string
  readonly targets: readonly Target[]
  readonly unit: Unit
  /** Of 24 columns; default 8. */
  readonly width?: number
  /** `stat`: the latest value, large. Default `timeseries`. */
  readonly type?: 'timeseries' | 'stat'
  /** Above it (or below, with `isFloor`) the panel is red. */
  readonly limit?: { readonly value: number; readonly isFloor?: boolean }
  /** Why it shows nothing while all is well. Absent: no data is a fault of the panel or of the server. */
  readonly emptyBecause?: string
}

/** Units by Grafana's names. */
export type Unit = 's' | 'reqps' | 'ops' | 'percentunit' | 'short' | 'none' | 'dateTimeFromNow'

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface Dashboard {
  /** Stable: links and bookmarks contain it. */
  readonly uid: `authly-${string}`
  readonly title: string
  readonly description: string
  readonly rows: readonly Row[]
}
