/**
 * The normal form in which a password is hashed (RFC 8265 §4.2, OpaqueString): a Mac, a phone and Windows may
 * compose the same characters differently. Nothing is trimmed and case is kept.
 */
export const normalizePassword = (password: string): string =>
  password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
