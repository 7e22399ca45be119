/** A generator of one-time passwords: an app or a token that shares a seed with this server. */
export const otpAlgorithms = ['SHA1', 'SHA256', 'SHA512'] as const
export type OtpAlgorithm = (typeof otpAlgorithms)[number]

/** How a generator computes its codes (RFC 4226 §5, RFC 6238 §4), without its seed. */
export interface OtpParameters {
  readonly kind: 'totp' | 'hotp'
  readonly algorithm: OtpAlgorithm
  /** 6 to 8. */
  readonly digits: number
  /** Of `totp`: how long a code is the current one. */
  readonly period_seconds: number | null
  /** Of `hotp`: the lowest counter that is accepted. */
  readonly counter: number | null
}

/** A generator as it is stored and carried: its seed is sealed for its own row. */
export interface SealedGenerator extends OtpParameters {
  readonly id: string
  readonly sealed_secret: string
}

/** A generator as its owner and administrators see it. Never its seed. */
export interface ListedGenerator extends Pick<OtpParameters, 'kind' | 'algorithm' | 'digits'> {
  readonly id: string
  readonly name: string
  readonly period_seconds: number | null
  /** Milliseconds since the Unix epoch. */
  readonly created_at: number
  /** Milliseconds since the Unix epoch; null: never used. */
  readonly last_used_at: number | null
}

/**
 * What people set up here. Authenticator apps ignore other parameters, or refuse them: SHA-1 is safe in HMAC
 * (RFC 6238 §1.2, RFC 6194 §3.3).
 */
export const enrolledParameters: OtpParameters = {
  kind: 'totp',
  algorithm: 'SHA1',
  digits: 6,
  period_seconds: 30,
  counter: null,
}

/** RFC 4226 §4 R6 recommends 160 bits. */
export const enrolledSeedBytes = 20

/** RFC 4226 §4 R6 demands 128 bits; widely used systems hand out 80. More than a block of the hash adds nothing. */
export const seedBytes = { min: 10, max: 128 } as const

/** Of one account. */
export const maxGenerators = 10
export const maxGeneratorName = 64
