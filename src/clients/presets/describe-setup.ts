/** What the owner of a new client needs to set up the application: its environment, and what is worth knowing. */
import type { ClientMetadata } from '../client-metadata.ts'
import { originsOf } from './apply-preset.ts'
import type { Choice } from './choose-preset.ts'
import type { FrameworkName } from './frameworks/index.ts'
import type { VariableRole } from './preset.ts'
import type { PresetName } from './preset-name.ts'

export interface SetupVariable {
  readonly name: string
  /** `null`: not known here. */
  readonly value: string | null
  /** The application's own secret: so many random bytes, which this server never sees. */
  readonly random_bytes?: number
}

export interface SetupFacts {
  readonly issuer: string
  /** Absent from a dry run that names none. */
  readonly client_id: string | undefined
  /** Undefined: it has none. `null`: it will get one. */
  readonly client_secret: string | null | undefined
  readonly metadata: ClientMetadata
}

export interface Setup {
  readonly preset: PresetName
  readonly framework: FrameworkName | null
  readonly environment: readonly SetupVariable[]
  readonly env_file: string
  readonly library: string | null
  readonly notes: readonly string[]
}

export function describeSetup(choice: Choice, facts: SetupFacts): Setup {
  const { framework, preset, use } = choice
  return {
    ...{ preset: preset.name, framework: framework?.name ?? null },
    environment: preset.variables.flatMap((role) => variableOf(role, choice, facts)),
    ...{ env_file: framework?.env_file ?? '.env', library: use?.library ?? null },
    notes: [...preset.notes(facts.metadata), ...(use?.note ? [use.note] : [])],
  }
}

const names: Readonly<Record<VariableRole, string>> = {
  issuer: 'AUTHLY_ISSUER',
  client_id: 'AUTHLY_CLIENT_ID',
  client_secret: 'AUTHLY_CLIENT_SECRET',
  session_secret: 'AUTHLY_SESSION_SECRET',
  base_url: 'AUTHLY_BASE_URL',
  audience: 'AUTHLY_AUDIENCE',
}

function variableOf(role: VariableRole, choice: Choice, facts: SetupFacts): readonly SetupVariable[] {
  // Attack: a build tool puts what has its prefix into the page, where everybody reads it.
  const isSecret = role === 'client_secret' || role === 'session_secret'
  const name = `${isSecret ? '' : (choice.use?.prefix ?? '')}${names[role]}`
  if (role === 'session_secret') return [{ name, value: null, random_bytes: 32 }]
  const { client_id, client_secret, issuer, metadata } = facts
  const values: Readonly<Record<Exclude<VariableRole, 'session_secret'>, string | null | undefined>> = {
    issuer,
    client_id: client_id ?? null,
    client_secret,
    base_url: originsOf(choice, metadata)[0],
    audience: metadata.resources[0] ?? metadata.serves_resources[0],
  }
  const value = values[role]
  return value === undefined ? [] : [{ name, value }]
}
