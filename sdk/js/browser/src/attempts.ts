import { AuthlyError, type AuthorizationTransaction, createDpopKey, type DpopKey } from '@authly-server/core'
import type { Settings } from './options.ts'
import type { Storage } from './storage.ts'

/** A sign-in that has been begun. In `sessionStorage`, which no other tab can read: each has its own attempts. */
export interface Attempt extends AuthorizationTransaction {
  readonly returnTo: string
  readonly scope: string
  readonly resources: readonly string[]
  /** Names the key that the code is bound to. */
  readonly keyId: string | undefined
}

const maxAge = 3_600_000

export function attemptsOf({ name }: Settings) {
  const prefix = `${name}:attempt:`
  return {
    /** @throws AuthlyError `storage_unavailable` */
    begin(attempt: Attempt): void {
      try {
        for (const key of Object.keys(sessionStorage)) {
          if (!key.startsWith(prefix)) continue
          const { startedAt } = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Attempt>
          if (isOld(startedAt)) sessionStorage.removeItem(key)
        }
        sessionStorage.setItem(prefix + attempt.state, JSON.stringify(attempt))
      } catch {
        throw new AuthlyError('storage_unavailable', { description: 'sessionStorage cannot be used' })
      }
    },
    /** Gives an attempt once: a reload must not use its code a second time, for which the server ends the session. */
    take(state: string): Attempt | undefined {
      try {
        const kept = sessionStorage.getItem(prefix + state)
        sessionStorage.removeItem(prefix + state)
        const attempt = kept === null ? undefined : (JSON.parse(kept) as Attempt)
        return isOld(attempt?.startedAt) ? undefined : attempt
      } catch {
        return undefined
      }
    },
  }
}

const isOld = (startedAt: number | undefined): boolean => !(Date.now() - (startedAt ?? 0) < maxAge)

const keyPrefix = 'key:'

interface KeptKey {
  readonly key: DpopKey
  readonly startedAt: number
}

/** A key for one sign-in, kept until it comes back. Undefined where nothing is kept: then it is made afterwards. */
export async function createAttemptKey({ database }: Storage): Promise<DpopKey | undefined> {
  if (!database) return undefined
  const key = await createDpopKey()
  const kept: KeptKey = { key, startedAt: Date.now() }
  try {
    await forgetOldKeys(database)
    await database.change(keyPrefix + key.thumbprint, () => kept)
    return key
  } catch {
    return undefined
  }
}

export async function takeAttemptKey({ database }: Storage, keyId: string): Promise<DpopKey | undefined> {
  const kept = await database?.change(keyPrefix + keyId, () => null).catch(() => undefined)
  return (kept as KeptKey | undefined)?.key
}

async function forgetOldKeys(database: NonNullable<Storage['database']>): Promise<void> {
  const forgetIfOld = (kept: unknown) => (isOld((kept as KeptKey | undefined)?.startedAt) ? null : undefined)
  for (const name of await database.keys())
    if (name.startsWith(keyPrefix)) await database.change(name, forgetIfOld)
}
