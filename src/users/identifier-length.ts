/** Maximum lengths of the identifiers users sign in with. */

/** RFC 5321 §4.5.3.1 for the e-mail address. */
export const maxLength = { username: 100, email: 254 } as const

/** Of either kind. */
export const maxIdentifierLength = Math.max(maxLength.username, maxLength.email)

/** For a page that must not grow with what was typed: one that is too long stays too long. */
export const cutIdentifier = (typed: string): string => typed.slice(0, maxIdentifierLength + 1)
