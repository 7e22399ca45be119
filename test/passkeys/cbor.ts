/** CBOR (RFC 8949), as much as authenticators write: whole numbers, bytes, text, lists and maps. */
export type CborValue =
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<string | number, CborValue>

export function encodeCbor(value: CborValue): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytesOf(value))
}

function bytesOf(value: CborValue): number[] {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') {
    const text = new TextEncoder().encode(value)
    return [...head(3, text.length), ...text]
  }
  if (value instanceof Uint8Array) return [...head(2, value.length), ...value]
  if (value instanceof Map) {
    const map = value as ReadonlyMap<string | number, CborValue>
    return [...head(5, map.size), ...[...map].flatMap(([key, each]) => [...bytesOf(key), ...bytesOf(each)])]
  }
  const list = value as readonly CborValue[]
  return [...head(4, list.length), ...list.flatMap(bytesOf)]
}

function head(major: number, length: number): number[] {
  const type = major << 5
  if (length < 24) return [type | length]
  if (length < 0x100) return [type | 24, length]
  if (length < 0x10000) return [type | 25, length >> 8, length & 0xff]
  return [type | 26, ...[24, 16, 8, 0].map((shift) => (length >>> shift) & 0xff)]
}
