/** How long and how hard a load generator works. */
export interface LoadOptions {
  readonly seconds: number
  readonly connections: number
  /** Collect the `code` parameter of every `Location`: how authorization codes are prepared. */
  readonly collectCodes?: boolean
}
