/**
 * Loads once, on first use. Caches the result and not the promise: on Workers one request must not await
 * another's.
 */
export function lazily<T extends object>(load: () => Promise<T>): () => Promise<T> {
  let loaded: T | undefined
  return async () => {
    loaded ??= await load()
    return loaded
  }
}
