/** The settings of clients that no administrator registers. */
import { z } from 'zod'
import { profiles } from '../clients/profile.ts'

export const clientRegistrationSchemas = {
  'client_registration.mode': z
    .enum(['off', 'initial_access_token', 'open'])
    .default('off')
    .describe(
      'Whether applications [register themselves](client-registration.md) (RFC 7591). `initial_access_token`: with a token that an administrator made. `open`: anybody.',
    ),
  'client_registration.documents': z
    .enum(['off', 'on'])
    .default('off')
    .describe(
      'Whether a `client_id` may be the https address of a [document that describes the application](client-registration.md#client-id-metadata-documents), which this server fetches.',
    ),
  'client_registration.profile': z
    .enum(profiles)
    .default('mcp')
    .describe(
      'The profile of applications that register without a token, or are described by a document; those with a token have the one it names.',
    ),
  'client_registration.unused_days': z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('After how many days a registration is deleted that nobody has used or reviewed.'),
} as const satisfies Record<`client_registration.${string}`, z.ZodType>
