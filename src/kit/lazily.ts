/**
 * Loads once, when first asked. What was loaded is kept and not the promise: on Workers one request must not wait for
 * another's.
 */
export function lazily<T extends object>(load: () => Promise<T>): () => Promise<T> {
  let loaded: T | undefined
  return async () => {
    loaded ??= await load()
    return loaded
  }
}
