/** The current time in milliseconds since the Unix epoch. Injected, so that tests can move it. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** Seconds since the Unix epoch, as in JWT NumericDate (RFC 7519 §2). */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

const rfc3339 = /^(?!0000)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/**
 * Whether an RFC 3339 time exists, also for Postgres: it rejects a 30th of February, the year 0 and UTC offsets of
 * a day, where JavaScript carries over.
 */
export function isInstant(text: string): boolean {
  const local = rfc3339.exec(text)?.[1]
  const milliseconds = local === undefined ? Number.NaN : Date.parse(`${local}Z`)
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 19) === local
}
