/** A row of the table of profiles: one demand, which profiles make it, and everything that follows from it. */
import type { Fault } from '../../kit/problem.ts'
import type { RegisteredClient } from '../client.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import type { Profile, ProfileRules } from '../profile.ts'

export interface Demand {
  /** Stable: administrators see it. */
  readonly id: string
  readonly specification: string
  /** What is demanded, as the documentation says it. */
  readonly words: string
  readonly profiles: readonly Profile[]
  /** What no member of a client says. */
  readonly rules?: Partial<ProfileRules>
  /** Members that have this value whatever is registered. */
  readonly members?: Partial<RegisteredClient>
  /** Members that are served with another value than the registered one, because that one is not allowed. */
  pins?(client: RegisteredClient): Partial<RegisteredClient>
  /** Faults of metadata that contradicts it: nobody registers that, or changes a client and leaves it so. */
  refuses?(metadata: ClientMetadata): readonly Fault[]
  /** What a client meets that was registered otherwise before its profile demanded this. */
  readonly otherwise: string
  /** What happens to the grants and tokens it has when its profile begins to demand this. */
  readonly grants: string
}

/** Holds for every client of every profile: the server knows nothing else. */
export type Foundation = Pick<Demand, 'id' | 'specification' | 'words'>

export const fapi: readonly Profile[] = ['fapi2-security', 'fapi2-message-signing']
export const signing: readonly Profile[] = ['fapi2-message-signing']

export const fault = (pointer: string, detail: string): Fault => ({ pointer: `#/${pointer}`, detail })
