/** One challenge of `WWW-Authenticate`, its scheme and the names of its parameters in lower case. */
export interface Challenge {
  readonly scheme: string
  /** Of a name that comes twice the first. */
  readonly parameters: Readonly<Record<string, string | undefined>>
}

/**
 * The challenges of a header (RFC 9110 §11.6.1). What comes after something that is none is left out. Each character is
 * looked at a fixed number of times. Attack: an API answers with a header that takes its readers minutes.
 */
export function readChallenges(header: string | null): readonly Challenge[] {
  const text = header ?? ''
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  let place = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = place
    const found = pattern.exec(text)
    if (found) place = pattern.lastIndex
    return found
  }
  while (true) {
    take(/[\s,]*/y)
    const name = take(/[\w!#$%&'*+.^`|~-]+/y)?.[0].toLowerCase()
    if (name === undefined) return challenges
    // `Bearer abc=`: `token68`, which no scheme for tokens has.
    if (!take(/\s*=\s*/y)) {
      challenges.push({ scheme: name, parameters: Object.create(null) })
      take(/ +[\w.~+/-]+=*\s*(?=,|$)/y)
      continue
    }
    const value = take(/"((?:[^"\\]|\\.)*)"/sy) ?? take(/([\w!#$%&'*+.^`|~-]+)/y)
    const parameters = challenges.at(-1)?.parameters
    if (!value || !parameters) return challenges
    parameters[name] ??= (value[1] as string).replace(/\\(.)/gs, '$1')
  }
}

/** What is wrong with the token of a request: of the challenges for tokens, the first that says so. Empty: none does. */
export const tokenChallenge = (header: string | null): Challenge['parameters'] =>
  readChallenges(header).find(
    ({ scheme, parameters }) => /^(bearer|dpop)$/.test(scheme) && parameters['error'] !== undefined,
  )?.parameters ?? {}
