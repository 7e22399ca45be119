/** The endpoints that take authorization requests, each a column in the lists of sources and checks. */
export const requestEndpoints = ['authorize', 'par'] as const
export type RequestEndpoint = (typeof requestEndpoints)[number]

/** A row of such a list: the columns say at which endpoints it applies. */
export type Columns = Readonly<Record<RequestEndpoint, boolean>>
