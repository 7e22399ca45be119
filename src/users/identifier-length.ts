/** How long what people sign in by may be. */

/** RFC 5321 §4.5.3.1 for an address. */
export const maxLength = { username: 100, email: 254 } as const

/** Of either. */
export const maxIdentifierLength = Math.max(maxLength.username, maxLength.email)
