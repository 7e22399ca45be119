/** Profiles and what a change of them does, as the API shows it. */
import { z } from '@hono/zod-openapi'
import { profiles } from '../../clients/profile.ts'
import type { ServedDifference } from '../../clients/profiles/compare-profiles.ts'
import type { Demand } from '../../clients/profiles/demand.ts'
import type { Fault } from '../../kit/problem.ts'

export const profileParam = z.object({
  profile: z.enum(profiles).openapi({ description: 'Profile', example: 'fapi2-security' }),
})

/** People are counted up to here: more makes no difference to anybody, but a longer scan. */
export const maxCountedPeople = 10_000

export const peopleField = z
  .number()
  .int()
  .openapi({
    description: `People who have given it consent, counted up to ${maxCountedPeople}: at most so many hold grants, but for those of clients that ask for none (\`first_party\`)`,
    example: 12,
  })

const faultSchema = z
  .object({
    pointer: z.string().openapi({ description: 'Which member', example: '#/require_pkce' }),
    detail: z.string().openapi({ example: 'must be true' }),
  })
  .openapi('ClientFault')

export const faultsField = (description: string) => z.array(faultSchema).openapi({ description })

export const demandSchema = z
  .object({
    demand: z.string().openapi({ example: 'pkce' }),
    specification: z.string().openapi({ example: 'OAuth 2.1 §4.1.1' }),
    words: z.string().openapi({ description: 'What is demanded', example: 'PKCE with S256' }),
    otherwise: z.string().openapi({
      description: 'What a client meets that is registered otherwise',
      example: 'Served as if PKCE were required of it',
    }),
    grants: z.string().openapi({
      description: 'What happens to the grants and tokens that clients have when it is demanded of them',
      example: 'None',
    }),
  })
  .openapi('ProfileDemand')

const differenceSchema = z
  .object({
    member: z.string().openapi({ example: 'id_token_signed_response_alg' }),
    before: z.string().nullable().openapi({ example: 'RS256' }),
    after: z.string().nullable().openapi({ example: 'ES256' }),
  })
  .openapi('ServedDifference')

export const differencesField = z.array(differenceSchema).openapi({
  description:
    'How it would be served otherwise than now: members that its profile pins, and rules that no member says. Values as text, lists separated by spaces',
})

/** Faults of a body: they all have a pointer. */
export const toFaultViews = (faults: readonly Fault[]) =>
  faults.map((fault) => ({ pointer: 'pointer' in fault ? fault.pointer : '#', detail: fault.detail }))

export const toDemandView = ({ id, specification, words, otherwise, grants }: Demand) => ({
  demand: id,
  ...{ specification, words, otherwise, grants },
})

export const toDifferenceViews = (differences: readonly ServedDifference[]) => [...differences]
