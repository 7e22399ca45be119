import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { profiles } from '../../clients/profile.ts'
import { compareProfiles } from '../../clients/profiles/compare-profiles.ts'
import { foundations } from '../../clients/profiles/foundations.ts'
import { demandsOf } from '../../clients/profiles/index.ts'
import { checkRows } from '../../db/json-row.ts'
import { demandSchema, profileParam, toDemandView } from '../clients/client-profile-view.ts'
import { answer, defineOperation } from '../operation.ts'

const counted = z.object({ followers: z.number().int() })

export const getClientProfile = defineOperation({
  id: 'getClientProfile',
  method: 'get',
  path: '/admin/client-profiles/{profile}',
  tag: 'Clients',
  summary: 'Read what a profile demands',
  description:
    'And what would change if it became the profile of the deployment (`AUTHLY_CLIENT_PROFILE`): what is demanded then of clients that have no profile of their own, and what happens to their grants.',
  permission: 'admin:clients:read',
  params: profileParam,
  answers: {
    200: {
      description: 'The profile',
      schema: z
        .object({
          profile: z.enum(profiles),
          deployment_profile: z.enum(profiles).openapi({ description: 'The one of the deployment now' }),
          clients: z
            .number()
            .int()
            .openapi({ description: 'Clients that follow the one of the deployment', example: 3 }),
          demands: z.array(demandSchema).openapi({ description: 'All that it demands' }),
          foundations: z
            .array(
              demandSchema.pick({ demand: true, specification: true, words: true }).openapi('Foundation'),
            )
            .openapi({ description: 'What every profile has, because the server knows nothing else' }),
          added: z
            .array(z.string())
            .openapi({ description: 'Of these, those that the one of the deployment does not make' }),
          lifted: z
            .array(z.string())
            .openapi({ description: 'Demands of the one of the deployment that it does not make' }),
        })
        .openapi('ClientProfile'),
    },
  },
  async run({ db, deps, params: { profile } }) {
    const rows = await db.run(sql`select count(*)::int as followers from clients where profile is null`)
    const [count] = checkRows(counted, rows)
    const { added, lifted } = compareProfiles(deps.config.profile, profile)
    return answer(200, {
      profile,
      deployment_profile: deps.config.profile,
      clients: count?.followers ?? 0,
      demands: demandsOf(profile).map(toDemandView),
      foundations: foundations.map(({ id, specification, words }) => ({ demand: id, specification, words })),
      added: added.map(({ id }) => id),
      lifted: lifted.map(({ id }) => id),
    })
  },
})
