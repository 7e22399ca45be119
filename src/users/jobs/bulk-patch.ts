/** What may be changed about many people at once: nothing that only one of them can be called. */
import { z } from 'zod'
import { profilePatch } from '../user-fields.ts'

export const bulkPatch = z
  .strictObject({
    email_verified: z.boolean(),
    phone_number_verified: z.boolean(),
    profile: profilePatch,
    status: z.enum(['active', 'disabled']),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'must change something')
  .meta({
    id: 'UserBulkPatch',
    description:
      'Merge patch (RFC 7396). Disabling ends all sessions; administrators are disabled one at a time.',
  })

export type BulkPatch = z.output<typeof bulkPatch>
