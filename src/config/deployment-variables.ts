/** Which server this is: its issuer, its root secret, its database, where it runs. */
import { z } from 'zod'
import { isLoopback, origin, type Read } from './variable.ts'

export const deploymentVariables = {
  AUTHLY_ISSUER: origin.describe(
    'Issuer identifier (RFC 8414 §2). Every URL of this server starts with it; request headers are ignored.',
  ),
  AUTHLY_ROOT_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43,}$/, 'must be base64url of at least 32 bytes')
    .describe(
      'Secret. Key material (base64url, >= 32 bytes) from which the keys that seal signing keys, handles and cookies are derived.',
    ),
  AUTHLY_ROOT_SECRET_PREVIOUS: z
    .string()
    .default('')
    .transform((value) => value.split(',').filter(Boolean))
    .refine(
      (secrets) => secrets.every((secret) => /^(closed:)?[A-Za-z0-9_-]{43,}$/.test(secret)),
      'must be a list of base64url values of at least 32 bytes, each maybe marked closed:',
    )
    .describe(
      'Secret. Older root secrets, comma-separated, the oldest one last; they open old values but seal nothing new. One marked `closed:` opens nothing either. The oldest one must remain: pairwise subjects and the user handles in passkeys are computed with it.',
    ),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
    .describe(
      'Secret. Postgres connection string of the worker’s role, which owns nothing, used through the Neon HTTP driver. Migrations use DATABASE_OWNER_URL, which the worker never gets.',
    ),
  DATABASE_GATEWAY_URL: z
    .string()
    .refine(isLoopback, 'must be a loopback URL')
    .optional()
    .describe(
      'Local development only: the gateway (loopback) that speaks the Neon protocol in front of Postgres.',
    ),
  AUTHLY_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('local')
    .describe('Name of this regional deployment; also the name of its replica object.'),
  AUTHLY_JURISDICTION: z
    .enum(['eu', 'fedramp', 'us'])
    .optional()
    .describe('Durable Object jurisdiction, in which objects are created and stay.'),
  AUTHLY_LOCATION_HINT: z
    .enum(['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'])
    .optional()
    .describe('Durable Object location hint, for regions without a jurisdiction.'),
}

export const toDeployment = (env: Read<typeof deploymentVariables>) => ({
  issuer: env.AUTHLY_ISSUER,
  /** `__Host-` cookies need https; http issuers exist on loopback only. */
  secureCookies: env.AUTHLY_ISSUER.startsWith('https://'),
  /** A development server: only what runs on this machine reaches it. */
  localIssuer: env.AUTHLY_ISSUER.startsWith('http://'),
  rootSecret: env.AUTHLY_ROOT_SECRET,
  previousRootSecrets: env.AUTHLY_ROOT_SECRET_PREVIOUS,
  databaseUrl: env.DATABASE_URL,
  databaseGatewayUrl: env.DATABASE_GATEWAY_URL,
  region: env.AUTHLY_REGION,
  jurisdiction: env.AUTHLY_JURISDICTION,
  locationHint: env.AUTHLY_LOCATION_HINT,
})
