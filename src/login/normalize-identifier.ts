/**
 * The one form of a typed e-mail address or username. The lookup and the counter of failed attempts both use
 * it: otherwise each spelling of one account would have its own counter, and guessing would have no bound.
 */
export const normalizeIdentifier = (typed: string): string => typed.trim().normalize('NFC').toLowerCase()
