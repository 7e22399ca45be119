/**
 * Profiles: which server, as whom. `profiles.json` holds no secret; each profile's credentials have a file of their
 * own, so that each has a lock of its own.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { usage } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { configFolder, readPrivate, writePrivate } from './private-folder.ts'
import { withLock } from './with-lock.ts'

export interface Profile {
  readonly issuer: string
  readonly client_id: string
  /** A person signed in with a browser, or a client acting for itself. */
  readonly kind: 'person' | 'service'
  readonly scope: string
}

export interface Credentials {
  readonly access_token: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
  readonly scope: string
  readonly refresh_token?: string | undefined
  /** Of a service account, to get the next token. */
  readonly client_secret?: string | undefined
  readonly subject?: string | undefined
  readonly username?: string | undefined
}

interface Profiles {
  readonly current?: string | undefined
  readonly profiles: Readonly<Record<string, Profile>>
}

export interface ProfileStore {
  list(): Promise<Profiles>
  /** Adds or replaces a profile and makes it the current one. */
  save(name: string, profile: Profile, credentials: Credentials): Promise<void>
  use(name: string): Promise<void>
  remove(name: string): Promise<void>
  readCredentials(name: string): Promise<Credentials | undefined>
  /** Replaces credentials whatever they were, also when they cannot be read; undefined deletes them. */
  putCredentials(name: string, credentials: Credentials | undefined): Promise<void>
  /** Reads and writes credentials while no other command does. */
  changeCredentials(
    name: string,
    change: (current: Credentials | undefined) => Promise<Credentials | undefined>,
  ): Promise<Credentials | undefined>
}

export const defaultProfile = 'default'

/** A profile's name becomes a file's name: no separators, no leading dot. */
export function checkProfileName(name: string): string {
  if (/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(name)) return name
  throw usage(`“${name}” cannot be the name of a profile.`, 'Letters, digits, - _ and . are fine.')
}

export function createProfileStore(terminal: Pick<Terminal, 'env' | 'platform'>): ProfileStore {
  const folder = configFolder(terminal)
  const index = join(folder, 'profiles.json')
  const credentialsOf = (name: string) => join(folder, 'credentials', `${checkProfileName(name)}.json`)
  const list = async (): Promise<Profiles> =>
    ((await readPrivate(index)) as Profiles | undefined) ?? { profiles: {} }
  const change = (next: (profiles: Profiles) => Profiles) =>
    withLock(`${index}.lock`, async () => writePrivate(index, next(await list())))
  const readCredentials = async (name: string) =>
    (await readPrivate(credentialsOf(name))) as Credentials | undefined

  const put = (name: string, wanted: Credentials | undefined) =>
    wanted === undefined
      ? rm(credentialsOf(name), { force: true })
      : writePrivate(credentialsOf(name), wanted)
  const locked = <Value>(name: string, work: () => Promise<Value>) =>
    withLock(`${credentialsOf(name)}.lock`, work)

  return {
    ...{ list, readCredentials },
    putCredentials: (name, credentials) => locked(name, () => put(name, credentials)),
    changeCredentials: (name, next) =>
      locked(name, async () => {
        const current = await readCredentials(name)
        const wanted = await next(current)
        if (wanted !== current) await put(name, wanted)
        return wanted
      }),
    async save(name, profile, credentials) {
      await locked(name, () => put(name, credentials))
      await change(({ profiles }) => ({ current: name, profiles: { ...profiles, [name]: profile } }))
    },
    use: (name) =>
      change(({ profiles }) => {
        if (!Object.hasOwn(profiles, name))
          throw usage(`There is no profile “${name}”.`, 'authly profiles list')
        return { current: name, profiles }
      }),
    async remove(name) {
      await locked(name, () => put(name, undefined))
      await change(({ current, profiles }) => {
        const { [name]: _, ...others } = profiles
        return { current: current === name ? Object.keys(others)[0] : current, profiles: others }
      })
    },
  }
}
