/** Queries of dashboards: in the regions that the reader has selected, over the window that Grafana fits to the screen. */
import { createQueries } from '../promql.ts'

export const ofRegions = 'region=~"$region"'
export const selected = createQueries('$__rate_interval', ofRegions)
