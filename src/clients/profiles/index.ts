/** The table of profiles: its rows are the demands, a column of each says which profiles make it. */
import type { Fault } from '../../kit/problem.ts'
import type { RegisteredClient } from '../client.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import { baseRules, type Profile, type ProfileRules } from '../profile.ts'
import { requestDemands } from './authorization-demands.ts'
import { clientDemands } from './client-demands.ts'
import type { Demand } from './demand.ts'
import { tokenDemands } from './token-demands.ts'

export const demands: readonly Demand[] = [...clientDemands, ...requestDemands, ...tokenDemands]

export const demandsOf = (profile: Profile): readonly Demand[] =>
  demands.filter(({ profiles }) => profiles.includes(profile))

/** What a profile says of every client, whatever is registered. */
export interface ProfileTerms {
  readonly rules: ProfileRules
  readonly members: Partial<RegisteredClient>
}

export function termsOf(profile: Profile): ProfileTerms {
  const made = demandsOf(profile)
  return {
    rules: Object.assign({}, baseRules, ...made.map(({ rules }) => rules), { profile }) as ProfileRules,
    members: Object.assign({}, ...made.map(({ members }) => members)) as Partial<RegisteredClient>,
  }
}

/** What in the metadata contradicts the profile. */
export const profileFaults = (metadata: ClientMetadata, profile: Profile): readonly Fault[] =>
  demandsOf(profile).flatMap(({ refuses }) => refuses?.(metadata) ?? [])
