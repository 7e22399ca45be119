/** How much is asked of the server: what the goals speak of, and a small copy of it that shows that everything works. */

export interface LoadSize {
  readonly accounts: number
  readonly events: number
  /** People whose refresh and access tokens the constant-rate parts use. */
  readonly people: number
  readonly administrators: number
  readonly tokens: Stream
  /**
   * Connections that are kept open. workerd closes one five seconds after its last answer, so each of them asks for
   * something small before that.
   */
  readonly held: Stream
  readonly tokensBesideHeld: Stream
  readonly pages: Stream
  readonly accountsPerPage: number
  /** At once in the soak. */
  readonly soak: Readonly<Record<'tokens' | 'introspections' | 'refreshes' | 'pages', Stream>>
  readonly warmUpSeconds: number
  readonly locust: { readonly users: number; readonly usersPerSecond: number }
}

export interface Stream {
  readonly requestsPerSecond: number
  readonly connections: number
}

const stream = (requestsPerSecond: number, connections: number): Stream => ({
  requestsPerSecond,
  connections,
})

export const fullSize: LoadSize = {
  accounts: 100_000,
  events: 1_000_000,
  people: 200,
  administrators: 10,
  tokens: stream(2_000, 64),
  held: stream(2_300, 10_000),
  tokensBesideHeld: stream(500, 64),
  pages: stream(20, 8),
  accountsPerPage: 200,
  // 2,000 a second at the token endpoints, over 64 connections.
  soak: {
    tokens: stream(1_600, 48),
    introspections: stream(300, 8),
    refreshes: stream(100, 8),
    pages: stream(2, 2),
  },
  warmUpSeconds: 10,
  locust: { users: 150, usersPerSecond: 5 },
}

export const smokeSize: LoadSize = {
  accounts: 1_000,
  events: 5_000,
  people: 8,
  administrators: 2,
  tokens: stream(100, 8),
  held: stream(60, 200),
  tokensBesideHeld: stream(50, 8),
  pages: stream(10, 4),
  accountsPerPage: 200,
  soak: {
    tokens: stream(60, 4),
    introspections: stream(30, 2),
    refreshes: stream(10, 2),
    pages: stream(2, 2),
  },
  warmUpSeconds: 1,
  locust: { users: 12, usersPerSecond: 12 },
}
