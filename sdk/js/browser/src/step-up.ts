import { AuthlyError } from '@authly-server/core'

/** An API demands a stronger or a newer sign-in (RFC 9470). `signIn` takes it as it is. */
export class StepUpRequired extends AuthlyError {
  override readonly name = 'StepUpRequired'
  /** The preferred one first. */
  readonly acrValues: readonly string[]
  readonly acrEssential = true
  /** Seconds. */
  declare readonly maxAge?: number

  constructor(challenge: Challenge) {
    super('insufficient_user_authentication', { description: challenge['error_description'], status: 401 })
    this.acrValues = challenge['acr_values']?.split(' ').filter(Boolean) ?? []
    const maxAge = challenge['max_age']
    if (maxAge !== undefined && /^\d{1,9}$/.test(maxAge)) this.maxAge = Number(maxAge)
  }
}

/** The attributes of `WWW-Authenticate`, of whichever scheme (RFC 9110 §11.6.1); of several the first. */
export type Challenge = Readonly<Record<string, string | undefined>>

export function readChallenge(header: string | null): Challenge {
  const attributes: Record<string, string> = {}
  const pattern = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g
  for (const [, name = '', quoted, bare = ''] of header?.matchAll(pattern) ?? []) {
    const key = name.toLowerCase()
    attributes[key] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare
  }
  return attributes
}
