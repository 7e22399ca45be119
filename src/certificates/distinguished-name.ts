/**
 * Distinguished names: their text (RFC 4514), and when two are the same. Their values are compared character by
 * character once escapes and the string types of ASN.1 are gone. The looser matching of directories (case, spaces,
 * compatible characters) would let an authority's certificate for one subject pass as another's.
 */

/** A value as text; one of no string type as its DER. */
export type NameValue = { readonly text: string } | { readonly der: Uint8Array }
export interface NameAttribute {
  /** Object identifier, dotted. */
  readonly type: string
  readonly value: NameValue
}
/** Relative names, each a set of attributes; in the order of a certificate, where the country usually is first. */
export type DistinguishedName = readonly (readonly NameAttribute[])[]

/** Short names: the table of RFC 4514 §3, and what tools print for names of organizations and eIDAS certificates. */
const attributeTypes: Readonly<Record<string, string>> = {
  cn: '2.5.4.3',
  sn: '2.5.4.4',
  serialnumber: '2.5.4.5',
  c: '2.5.4.6',
  l: '2.5.4.7',
  st: '2.5.4.8',
  street: '2.5.4.9',
  o: '2.5.4.10',
  ou: '2.5.4.11',
  title: '2.5.4.12',
  businesscategory: '2.5.4.15',
  postalcode: '2.5.4.17',
  gn: '2.5.4.42',
  givenname: '2.5.4.42',
  organizationidentifier: '2.5.4.97',
  uid: '0.9.2342.19200300.100.1.1',
  dc: '0.9.2342.19200300.100.1.25',
  emailaddress: '1.2.840.113549.1.9.1',
  e: '1.2.840.113549.1.9.1',
  jurisdictionl: '1.3.6.1.4.1.311.60.2.1.1',
  jurisdictionst: '1.3.6.1.4.1.311.60.2.1.2',
  jurisdictionc: '1.3.6.1.4.1.311.60.2.1.3',
}

const oid = /^[0-2](?:\.(?:0|[1-9]\d*))+$/
/** §3: a type, and a value in hexadecimal, in quotes as older writers have it (RFC 2253 §4), or with escapes. */
const attribute =
  /^ *([A-Za-z][A-Za-z0-9-]*|[0-2](?:\.\d+)+) *= *(?:#((?:[\dA-Fa-f]{2})+) *|"((?:[^"\\]|\\.)*)" *|(?! *#)((?:[^\\,+"<>;]|\\.)*))(?=[,+]|$)/s

/** Reads the text form; undefined if it is not one. The last relative name of a text is the first of a certificate. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  const relative: NameAttribute[][] = [[]]
  let rest = text
  for (;;) {
    const [whole, type = '', hex, quoted, escaped = ''] = attribute.exec(rest) ?? []
    if (whole === undefined) return undefined
    const identifier = oid.test(type) ? type : attributeTypes[type.toLowerCase()]
    const value = hex === undefined ? readEscaped(quoted, escaped) : fromHex(hex)
    if (identifier === undefined || value === undefined) return undefined
    relative.at(-1)?.push({ type: identifier, value })
    const separator = rest[whole.length]
    if (separator === undefined) return relative.reverse()
    if (separator === ',') relative.push([])
    rest = rest.slice(whole.length + 1)
  }
}

/** Every escape or character of a value; two hexadecimal digits are one byte of its UTF-8. */
const pieces = /\\[\dA-Fa-f]{2}|\\.|[^\\]/gsu

function readEscaped(quoted: string | undefined, escaped: string): NameValue | undefined {
  const parts = (quoted ?? escaped).match(pieces) ?? []
  // Spaces around a value are not part of it, unless they are escaped (§2.4).
  if (quoted === undefined) while (parts.at(-1) === ' ') parts.pop()
  const bytes = parts.map(bytesOf)
  try {
    return bytes.includes(undefined)
      ? undefined
      : { text: fromUtf8(Uint8Array.from(bytes.flat() as number[])) }
  } catch {
    return undefined
  }
}

function bytesOf(piece: string): readonly number[] | undefined {
  if (piece.length === 3) return [Number.parseInt(piece.slice(1), 16)]
  const character = piece.startsWith('\\') ? piece.slice(1) : piece
  if (piece !== character && !' "#+,;<=>\\'.includes(character)) return undefined
  return [...new TextEncoder().encode(character)]
}

const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const fromUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)

function fromHex(hex: string): NameValue {
  const der = hexBytes(hex)
  return readStringValue(der) ?? { der }
}

/** The string types that names consist of (RFC 5280 §4.1.2.4) and their characters; IA5String is that of e-mail. */
const decoders: Readonly<Record<number, (content: Uint8Array) => string | undefined>> = {
  12: fromUtf8, // UTF8String
  18: (content) => latin(content), // NumericString
  19: (content) => latin(content), // PrintableString
  20: (content) => latin(content), // TeletexString
  22: (content) => latin(content), // IA5String
  28: (content) => wide(content, 4), // UniversalString
  30: (content) => wide(content, 2), // BMPString
}

const latin = (content: Uint8Array): string =>
  Array.from(content, (byte) => String.fromCharCode(byte)).join('')
const wide = (content: Uint8Array, width: 2 | 4): string | undefined => {
  if (content.length % width !== 0) return undefined
  const points = Array.from({ length: content.length / width }, (_, index) =>
    content.subarray(index * width, (index + 1) * width).reduce((sum, byte) => sum * 256 + byte, 0),
  )
  return width === 2 ? String.fromCharCode(...points) : String.fromCodePoint(...points)
}

/** The text of a DER string of less than 256 bytes; undefined for what is no string. */
export function readStringValue(der: Uint8Array): { readonly text: string } | undefined {
  const [tag = 0, first = 0, second = 0] = der
  const [start, length] = first === 0x81 ? [3, second] : [2, first]
  if (length !== der.length - start) return undefined
  try {
    const text = decoders[tag]?.(der.subarray(start))
    return text === undefined ? undefined : { text }
  } catch {
    return undefined
  }
}

/** Whether both name the same subject: the same relative names in the same order, each with the same attributes. */
export const isSameName = (left: DistinguishedName, right: DistinguishedName): boolean =>
  JSON.stringify(left.map(canonical)) === JSON.stringify(right.map(canonical))

/** The attributes of a relative name are a set. */
const canonical = (attributes: readonly NameAttribute[]): readonly string[] =>
  attributes
    .map(({ type, value }) =>
      'text' in value ? JSON.stringify([type, value.text]) : JSON.stringify([type, [...value.der]]),
    )
    .sort()
