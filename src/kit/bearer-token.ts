/** The token in an `Authorization` header (RFC 6750 §2.1); `undefined` for another scheme or a malformed token. */
export const readBearerToken = (header: string | null): string | undefined =>
  header === null ? undefined : /^bearer ([\w.~+/=-]+)$/i.exec(header)?.[1]
