/** What a person signs in with, as the API shows it: never a secret, a seed or a hash. */
import { z } from '@hono/zod-openapi'
import { timestamp, uuid } from '../../../kit/field-schemas.ts'
import { userId } from '../../../users/account.ts'

/** base64url, as authenticators name their credentials: at most 1023 bytes (WebAuthn Level 3 §4). */
const credentialId = z
  .string()
  .max(1364)
  .regex(/^[A-Za-z0-9_-]+$/)
  .openapi({ description: 'The passkey', example: 'QtZbHrXsSa2N4kVx2dC9Mw' })

const otpId = uuid('The generator of one-time passwords')

export const passkeyParams = z.object({ user_id: userId, credential_id: credentialId })

export const otpParams = z.object({ user_id: userId, otp_id: otpId })

const times = {
  created_at: timestamp('When the person added it'),
  last_used_at: timestamp('When somebody last signed in with it').nullable(),
}

const password = z.object({
  must_change: z.boolean().describe('It is good for changing it alone'),
  breached_at: timestamp('When it was found among breached passwords').nullable(),
  changed_at: timestamp('When it was set'),
})

const passkey = z
  .object({
    name: z.string().describe('Given by its owner'),
    credential_id: credentialId,
    rp_id: z.string().describe('The domain it was made for; it works for no other'),
    authenticator: z
      .string()
      .nullable()
      .describe('Usual name of the model; without attestation, as it states'),
    ...times,
    backed_up: z.boolean().describe('It is synced to other devices now'),
    backup_eligible: z.boolean().describe('It may be synced; otherwise it never leaves its authenticator'),
    transports: z.array(z.string()).describe('How browsers reach the authenticator (WebAuthn §5.8.4)'),
    aaguid: z.string().describe('Model of the authenticator; zeros: not told'),
    attestation_format: z.string().describe('`none` unless attestation is demanded'),
  })
  .openapi('UserPasskey')

const otpCredential = z
  .object({
    name: z.string().describe('Given by its owner'),
    id: otpId,
    kind: z.enum(['totp', 'hotp']).describe('By time (RFC 6238) or by counter (RFC 4226)'),
    ...times,
    algorithm: z.enum(['SHA1', 'SHA256', 'SHA512']),
    digits: z.number().int(),
    period_seconds: z.number().int().nullable().describe('Of `totp`'),
  })
  .openapi('UserOtpCredential')

const recoveryCodes = z.object({
  remaining: z.number().int().describe('Codes that nobody has used'),
  used: z.number().int(),
  created_at: timestamp('When they were made'),
})

export const userFactors = z
  .object({
    password: password
      .nullable()
      .meta({ 'x-authly-name': 'UserPassword', description: 'null: the account has none' }),
    passkeys: z.array(passkey),
    one_time_passwords: z.array(otpCredential),
    recovery_codes: recoveryCodes
      .nullable()
      .meta({ 'x-authly-name': 'UserRecoveryCodes', description: 'null: there are none' }),
  })
  .openapi('UserFactors')

const time = z.coerce.date().transform((date) => date.toISOString())
const stored = { created_at: time, last_used_at: time.nullable() }

/** The same, as Postgres returns it: times have microseconds and an offset. */
export const storedFactors = z.object({
  password: password.extend({ breached_at: time.nullable(), changed_at: time }).nullable(),
  passkeys: z.array(passkey.omit({ authenticator: true }).extend(stored)),
  one_time_passwords: z.array(otpCredential.extend(stored)),
  recovery_codes: recoveryCodes.extend({ created_at: time }).nullable(),
})
