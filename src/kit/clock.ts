/** The current time in milliseconds since the Unix epoch. Passed in, so that tests can move it. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** Seconds since the Unix epoch, as JWT NumericDate wants it (RFC 7519 §2). */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)
