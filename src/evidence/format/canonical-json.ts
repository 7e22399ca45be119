/**
 * JSON Canonicalization Scheme (RFC 8785): one text per value, so that hashes made here, in Node and in other
 * languages agree. Our own code, because strictness is the point: what JSON cannot represent is refused, never
 * dropped. ECMAScript already writes numbers and strings as the RFC requires (§3.2.2); keys sort by UTF-16 units
 * (§3.2.3).
 */

/** @throws TypeError for what JSON cannot represent: `undefined`, NaN, infinities, unpaired surrogates */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw new TypeError('a string holds half a surrogate pair')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`)
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
      return `{${canonicalMembers(value as Readonly<Record<string, unknown>>)}}`
    default:
      throw new TypeError(`${typeof value} is not JSON`)
  }
}

const canonicalMembers = (object: Readonly<Record<string, unknown>>): string =>
  Object.keys(object)
    .sort()
    .map((key) => `${canonicalJson(key)}:${canonicalJson(object[key])}`)
    .join(',')

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

const isWellFormed = (text: string): boolean => !loneSurrogate.test(text)
