export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process; none where there are no processes. */
export const processEnvironment = (): Environment =>
  (globalThis as { process?: { env?: Environment } }).process?.env ?? {}
