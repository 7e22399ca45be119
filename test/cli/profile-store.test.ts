/** Where tokens are kept: private, whole at any time, changed by one command at a time. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configFolder } from '../../cli/auth/private-folder.ts'
import {
  type Credentials,
  checkProfileName,
  createProfileStore,
  type ProfileStore,
} from '../../cli/auth/profile-store.ts'
import { withLock } from '../../cli/auth/with-lock.ts'

let home: string
let store: ProfileStore
const profile = {
  issuer: 'https://a.test',
  client_id: 'authly-cli',
  kind: 'person',
  scope: 'openid',
} as const
const credentials: Credentials = { access_token: 'a', expires_at: 0, scope: 'openid' }

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'authly-store-'))
  store = createProfileStore({ env: { XDG_CONFIG_HOME: home }, platform: 'linux' })
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('the folder', () => {
  it('is where the platform wants it (XDG Base Directory)', () => {
    const on = (platform: NodeJS.Platform, env: Record<string, string>) => configFolder({ platform, env })
    expect(on('linux', { HOME: '/home/ada' })).toBe('/home/ada/.config/authly')
    expect(on('linux', { HOME: '/home/ada', XDG_CONFIG_HOME: '/x' })).toBe('/x/authly')
    expect(on('linux', { HOME: '/home/ada', XDG_CONFIG_HOME: 'relative' })).toBe('/home/ada/.config/authly')
    expect(on('win32', { APPDATA: 'C:/Users/ada' })).toContain('authly')
  })

  it('is closed to others, also when it was open before', async () => {
    await store.save('one', profile, credentials)
    chmodSync(join(home, 'authly', 'credentials'), 0o755)
    await store.save('one', profile, credentials)
    expect(statSync(join(home, 'authly', 'credentials')).mode & 0o777).toBe(0o700)
    expect(statSync(join(home, 'authly', 'credentials', 'one.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(home, 'authly', 'credentials'))).toEqual(['one.json'])
  })

  it('gives no name a way out of it', () => {
    for (const name of ['../x', '.hidden', 'a/b', '', 'a\\b', 'a\0b', '-x']) {
      expect(() => checkProfileName(name)).toThrow('cannot be the name')
    }
    expect(checkProfileName('prod-eu.1')).toBe('prod-eu.1')
  })
})

describe('profiles', () => {
  it('are listed, chosen and forgotten', async () => {
    await store.save('one', profile, credentials)
    await store.save('two', { ...profile, issuer: 'https://b.test' }, credentials)
    expect((await store.list()).current).toBe('two')
    await store.use('one')
    expect((await store.list()).current).toBe('one')
    await expect(store.use('three')).rejects.toThrow('no profile')
    await store.remove('one')
    expect(await store.list()).toMatchObject({
      current: 'two',
      profiles: { two: { issuer: 'https://b.test' } },
    })
    expect(existsSync(join(home, 'authly', 'credentials', 'one.json'))).toBe(false)
  })

  it('with credentials that others can read are not used', async () => {
    await store.save('one', profile, credentials)
    chmodSync(join(home, 'authly', 'credentials', 'one.json'), 0o640)
    await expect(store.readCredentials('one')).rejects.toMatchObject({ reason: 'signIn' })
    // Signing in anew, or out, is the way out of it.
    await store.save('one', profile, credentials)
    expect(await store.readCredentials('one')).toEqual(credentials)
    chmodSync(join(home, 'authly', 'credentials', 'one.json'), 0o640)
    await store.remove('one')
    expect((await store.list()).profiles).toEqual({})
  })
})

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const path = join(home, 'x.lock')
    let inside = 0
    let most = 0
    let done = 0
    await Promise.all(
      Array.from({ length: 12 }, () =>
        withLock(path, async () => {
          most = Math.max(most, ++inside)
          await setImmediate()
          inside--
          done++
        }),
      ),
    )
    expect([most, done, existsSync(path)]).toEqual([1, 12, false])
  })

  it('of a dead process is taken over by exactly one', async () => {
    const path = join(home, 'x.lock')
    writeFileSync(path, '999999999 gone\n')
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withLock(path, async () => {
          most = Math.max(most, ++inside)
          expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `))
          await setImmediate()
          inside--
        }),
      ),
    )
    expect(most).toBe(1)
    expect(readdirSync(home)).toEqual([])
  })

  it('is released when the work fails', async () => {
    const path = join(home, 'x.lock')
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(path)).toBe(false)
  })
})
