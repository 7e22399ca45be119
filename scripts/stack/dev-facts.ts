/** `.authly/dev.json`: the facts of this development instance, for scripts. It holds secrets: mode 0600, git-ignored. */
import { join } from 'node:path'
import { readJsonFile, writePrivateFile } from '../process/private-file.ts'

export type DemoClientFacts = {
  client_id: string
  /** Absent for public clients. */
  client_secret?: string | undefined
  redirect_uris: string[]
}

export type DevFacts = {
  issuer: string
  /** The one-time password as issued: the first sign-in replaces it. */
  admin?: { username: string; email: string; password?: string | undefined } | undefined
  clients: Record<string, DemoClientFacts>
  /** Who signs in to the demo application; the password as issued. */
  demo_person?: { username: string; password: string } | undefined
  /** Where messages to people arrive; with its password. */
  inbox_url?: string | undefined
  /** The worker's role. */
  database_url: string
  /** The role that owns the database and migrates. */
  database_owner_url: string
  /** Absent when the database is Neon itself. */
  database_gateway_url?: string | undefined
}

const path = (stateFolder: string) => join(stateFolder, 'dev.json')

/** The facts of the last start; undefined on the first. */
export async function readDevFacts(stateFolder: string): Promise<DevFacts | undefined> {
  const value = await readJsonFile(path(stateFolder))
  if (typeof value !== 'object' || value === null || !('clients' in value)) return undefined
  return value as DevFacts
}

export async function writeDevFacts(stateFolder: string, facts: DevFacts): Promise<void> {
  await writePrivateFile(path(stateFolder), `${JSON.stringify(facts, null, 2)}\n`)
}
