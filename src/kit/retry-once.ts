/**
 * For a call to a Durable Object that is harmless to repeat: one that has just moved fails the first call. What follows
 * a write in Postgres may not be lost to that.
 */
export const retryOnce = <T>(call: () => Promise<T>): Promise<T> => call().catch(call)
