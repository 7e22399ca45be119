/**
 * The one form in which a password is hashed (RFC 8265 §4.2, OpaqueString): the same password typed on a Mac,
 * a phone or Windows may arrive composed differently. Nothing is trimmed and case is kept.
 */
export const normalizePassword = (password: string): string =>
  password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
