/**
 * A `Map` that never holds more than `capacity` entries, so that nobody fills an isolate's memory with made-up keys.
 * Setting a key makes it the youngest; the oldest goes when there is no room. Reading changes nothing, because it
 * happens on hot paths.
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
