import { AuthlyError, type Challenge } from '@authly-server/core'

/** An API demands a stronger or a newer sign-in (RFC 9470). `signIn` takes it as it is. */
export class StepUpRequired extends AuthlyError {
  override readonly name = 'StepUpRequired'
  /** The preferred one first. */
  readonly acrValues: readonly string[]
  readonly acrEssential = true
  /** Seconds. */
  declare readonly maxAge?: number

  /** @param challenge its parameters */
  constructor(challenge: Challenge['parameters']) {
    super('insufficient_user_authentication', { description: challenge['error_description'], status: 401 })
    this.acrValues = challenge['acr_values']?.split(' ').filter(Boolean) ?? []
    const maxAge = challenge['max_age']
    if (maxAge !== undefined && /^\d{1,9}$/.test(maxAge)) this.maxAge = Number(maxAge)
  }
}
