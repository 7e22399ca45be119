/**
 * A `Map` with at most `capacity` entries, so that made-up keys cannot exhaust an isolate's memory. Setting a key
 * moves it to the end; the oldest entry is evicted when there is no room. Reading does not change the order,
 * because it happens on hot paths.
 */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #capacity: number

  constructor(capacity: number) {
    super()
    this.#capacity = capacity
  }

  override set(key: K, value: V): this {
    this.delete(key)
    super.set(key, value)
    if (this.size > this.#capacity) this.delete(this.keys().next().value as K)
    return this
  }
}
