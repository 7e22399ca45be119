/** Cloudflare Turnstile, where it keeps robots from registering. */
import { z } from 'zod'
import type { TurnstileSettings } from '../registration/challenge/turnstile.ts'
import { type Read, standIn } from './variable.ts'

export const turnstileVariables = {
  AUTHLY_TURNSTILE_SITE_KEY: z
    .string()
    .regex(/^[\w-]{8,100}$/, 'must be a site key')
    .optional()
    .describe(
      'Site key of Cloudflare Turnstile, which then takes the place of the proof of work that [registration](registration.md#abuse) asks for.',
    ),
  AUTHLY_TURNSTILE_SECRET_KEY: z
    .string()
    .regex(/^[\w-]{8,200}$/, 'must be a secret key')
    .optional()
    .describe('Secret. Secret key of Cloudflare Turnstile.'),
  // Attack: the secret key goes to whoever can set one more variable.
  AUTHLY_TURNSTILE_URL: standIn
    .optional()
    .describe('Development and tests: a loopback address that stands in for the API of Turnstile.'),
}

type Environment = Read<typeof turnstileVariables>

const turnstileUrl = 'https://challenges.cloudflare.com/turnstile/v0/'

/** What is wrong, in words for operators. */
export function findTurnstileFaults(env: Environment): readonly string[] {
  const { AUTHLY_TURNSTILE_SITE_KEY: site, AUTHLY_TURNSTILE_SECRET_KEY: secret } = env
  const isHalf = (site === undefined) !== (secret === undefined)
  return isHalf ? ['AUTHLY_TURNSTILE_SITE_KEY and AUTHLY_TURNSTILE_SECRET_KEY belong together'] : []
}

/** `undefined`: not used here. */
function turnstileOf(env: Environment): TurnstileSettings | undefined {
  const { AUTHLY_TURNSTILE_SITE_KEY: siteKey, AUTHLY_TURNSTILE_SECRET_KEY: secretKey } = env
  if (siteKey === undefined || secretKey === undefined) return undefined
  return { siteKey, secretKey, url: env.AUTHLY_TURNSTILE_URL ?? turnstileUrl }
}

export const toTurnstile = (env: Environment) => ({ turnstile: turnstileOf(env) })
