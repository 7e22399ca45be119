/** The `typ` of a JWT is a media type: in any case, with or without `application/` (RFC 7515 §4.1.9, RFC 8725 §3.11). */
export const isOfType = (typ: unknown, types: ReadonlySet<string>): boolean =>
  typeof typ === 'string' && types.has(typ.toLowerCase().replace(/^application\//, ''))
