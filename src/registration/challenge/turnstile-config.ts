/** Where Cloudflare Turnstile is asked, as configured. */
import { isLoopbackHost } from '../../kit/public-host.ts'

export interface TurnstileSettings {
  /** Public. */
  readonly siteKey: string
  readonly secretKey: string
  /** Its API; ends in a slash. */
  readonly url: string
}

export interface TurnstileEnvironment {
  readonly AUTHLY_TURNSTILE_SITE_KEY?: string | undefined
  readonly AUTHLY_TURNSTILE_SECRET_KEY?: string | undefined
  readonly AUTHLY_TURNSTILE_URL?: string | undefined
}

const turnstileUrl = 'https://challenges.cloudflare.com/turnstile/v0/'

/** What is wrong, in words for operators. */
export function findTurnstileFaults(env: TurnstileEnvironment): readonly string[] {
  const {
    AUTHLY_TURNSTILE_SITE_KEY: site,
    AUTHLY_TURNSTILE_SECRET_KEY: secret,
    AUTHLY_TURNSTILE_URL: url,
  } = env
  const isHalf = (site === undefined) !== (secret === undefined)
  return [
    ...(isHalf ? ['AUTHLY_TURNSTILE_SITE_KEY and AUTHLY_TURNSTILE_SECRET_KEY belong together'] : []),
    // Attack: the secret key goes to whoever can set one more variable.
    ...(url !== undefined && !isLoopbackHost(new URL(url).hostname)
      ? ['AUTHLY_TURNSTILE_URL must be a loopback address']
      : []),
  ]
}

/** `undefined`: not used here. */
export function toTurnstileSettings(env: TurnstileEnvironment): TurnstileSettings | undefined {
  const { AUTHLY_TURNSTILE_SITE_KEY: siteKey, AUTHLY_TURNSTILE_SECRET_KEY: secretKey } = env
  if (siteKey === undefined || secretKey === undefined) return undefined
  return { siteKey, secretKey, url: env.AUTHLY_TURNSTILE_URL ?? turnstileUrl }
}
