import { z } from '@hono/zod-openapi'
import { timestamp, uuid } from '../../../kit/field-schemas.ts'
import { userParams } from '../../../users/account.ts'
import { answer, defineOperation } from '../../operation.ts'
import { refuseUnknownUser } from '../user.store.ts'

const proof = z
  .object({
    step: z.string().describe('The step that proved it'),
    proven_at: timestamp('When'),
    amr: z.array(z.string()).openapi({ description: 'Methods (RFC 8176)', example: ['pwd'] }),
  })
  .openapi('PendingSignInProof')

const failure = z.object({ step: z.string(), count: z.number().int() }).openapi('PendingSignInFailures')

const pendingSignIn = z
  .object({
    sign_in_id: uuid('The sign-in'),
    started_at: timestamp('When its first step was done'),
    expires_at: timestamp('After that it starts over'),
    acr: z
      .string()
      .nullable()
      .describe('What its proofs reach together; what is missing depends on what is asked'),
    amr: z.array(z.string()),
    proofs: z.array(proof).describe('In the order of the steps'),
    failures: z.array(failure).describe('Wrong attempts by step; after five at one it is dropped'),
    second_factor_remembered: z.boolean().describe('At this browser'),
    network: z.string().nullable().describe('Beginning of the address it comes from'),
    country: z.string().nullable().describe('ISO 3166-1 alpha-2'),
  })
  .openapi('PendingSignIn')

const iso = (at: number): string => new Date(at).toISOString()

export const listPendingSignIns = defineOperation({
  id: 'listPendingSignIns',
  method: 'get',
  path: '/admin/users/{user_id}/pending-sign-ins',
  tag: 'Users',
  summary: 'List the sign-ins of a user that are in progress',
  description:
    'Those in which a first factor was right and something more is asked for: a second factor, a new password. Before that nothing is stored.',
  permission: 'admin:sessions:read',
  params: userParams,
  answers: {
    200: {
      description: 'The newest first; there are at most 20',
      schema: z.object({ items: z.array(pendingSignIn) }).openapi('PendingSignInList'),
    },
  },
  async run({ db, deps, now, params: { user_id } }) {
    await db.run(refuseUnknownUser(user_id))
    const pending = await deps.sessionsOf(user_id).listPendingSignIns({ now })
    const items = pending.map((found) => ({
      sign_in_id: found.pending_id,
      ...{ started_at: iso(found.started_at), expires_at: iso(found.expires_at) },
      ...{ acr: found.acr ?? null, amr: [...found.amr] },
      proofs: found.proofs.map(({ step, at, amr }) => ({ step, proven_at: iso(at), amr: [...amr] })),
      failures: Object.entries(found.failures).map(([step, count]) => ({ step, count })),
      second_factor_remembered: found.is_remembered,
      ...{ network: found.signals.network ?? null, country: found.signals.country ?? null },
    }))
    return answer(200, { items })
  },
})
