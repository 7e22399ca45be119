/** The token in an `Authorization` header (RFC 6750 §2.1); `undefined` for another scheme or a malformed token. */
export const readBearerToken = (header: string | null): string | undefined =>
  header === null ? undefined : /^bearer ([\w.~+/=-]+)$/i.exec(header)?.[1]

/** The same for a token that is bound to a key (RFC 9449 §7.1). */
export const readDpopToken = (header: string | null): string | undefined =>
  header === null ? undefined : /^dpop ([\w.~+/=-]+)$/i.exec(header)?.[1]
