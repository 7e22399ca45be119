/** Why a password hash is not imported, and what to do instead. The hash itself is never part of the text. */
const invite = 'import the account without it and send a set-up link (an invitation or a reset)'

export const hashRefusals = {
  unknown: `is of no known form (a hash with a pepper, a secret key outside it, cannot be verified either); ${invite}`,
  tooDear: `costs more memory or CPU time than a sign-in may; ${invite}`,
  unusable: `says that the account has no usable password; ${invite}`,
  blanks: 'begins or ends with blanks or a line break; remove them',
} as const
export type HashRefusal = keyof typeof hashRefusals
