/** Requests that need more than a token: a signature, a recent sign-in, or a server that comes back. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addClient, database, issuer } from '../authly.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { SeededUser } from '../seed.ts'
import { answerSignIn, createHome, type Home } from './program.ts'

describe('a client whose requests must be signed', () => {
  it('signs with --sign-key, bodies and ETags included (RFC 9421)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const kid = 'admin-key'
    const account = await addClient({
      grant_types: ['client_credentials'],
      scopes: ['admin:roles:read', 'admin:roles:write', 'admin:users:read'],
      resources: [],
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'ES256' }] },
    })
    await database.query('UPDATE clients SET require_request_signing = true WHERE client_id = $1', [
      account.client_id,
    ])
    const home = await createHome()
    try {
      const env = {
        AUTHLY_ISSUER: issuer,
        AUTHLY_CLIENT_ID: account.client_id,
        AUTHLY_CLIENT_SECRET: account.client_secret,
      }
      const key = join(home.folder, '..', 'key.jwk.json')
      writeFileSync(key, JSON.stringify({ ...(await exportJWK(privateKey)), kid }), { mode: 0o600 })
      const unsigned = await home.run(['roles', 'list'], { env })
      expect([unsigned.code, unsigned.stderr]).toEqual([4, expect.stringContaining('--sign-key')])
      const signed = ['--sign-key', key, '--yes']
      const name = `signed-${Date.now()}`
      const create = [
        'roles',
        'create',
        '--name',
        name,
        '--description',
        'x',
        '--permissions',
        'admin:users:read',
      ]
      for (const args of [
        ['roles', 'list'],
        create,
        ['roles', 'update', name, '--description', 'y'],
        ['roles', 'delete', name],
      ]) {
        const outcome = await home.run([...args, ...signed], { env })
        expect(outcome.code, `${args}: ${outcome.stderr}`).toBe(0)
      }
      const { privateKey: other } = await generateKeyPair('ES256', { extractable: true })
      writeFileSync(key, JSON.stringify({ ...(await exportJWK(other)), kid }))
      expect((await home.run(['roles', 'list', ...signed], { env })).code).toBe(4)
    } finally {
      await home.remove()
    }
  })
})

describe('an Authly of its own', () => {
  /** The shortest the server allows. */
  const maxAgeSeconds = 30
  let own: OwnAuthly
  let admin: SeededUser
  const homes: Home[] = []

  beforeAll(async () => {
    own = await startOwnAuthly({}, { settings: { 'admin.step_up_max_age_seconds': maxAgeSeconds } })
    admin = await own.seed.addUser()
    await own.seed.database.query("UPDATE users SET roles = '{admin}' WHERE id = $1", [admin.id])
    for (let count = 0; count < 2; count++) {
      const home = await createHome()
      homes.push(home)
      const login = home.start(['login', '--issuer', own.issuer, '--no-browser'])
      await answerSignIn(login, admin)
      expect((await login.done).code).toBe(0)
    }
    await sleep((maxAgeSeconds + 2) * 1000)
  })
  afterAll(async () => {
    for (const home of homes) await home.remove()
    await own.stop()
  })

  const create = (name: string) => [
    ...['roles', 'create', '--name', name, '--description', 'x', '--permissions', 'admin:users:read'],
    ...['--yes', '--no-browser'],
  ]

  it('has the person sign in again for what is dangerous after a long time, and then goes through (RFC 9470)', async () => {
    const [home] = homes as [Home]
    const alone = await home.run(create('alone'))
    expect([alone.code, alone.stderr]).toEqual([4, expect.stringContaining('authly login --max-age 30')])
    const command = home.start([...create('together'), '--step-up', 'always'])
    await answerSignIn(command, admin)
    const outcome = await command.done
    expect(outcome.code, outcome.stderr).toBe(0)
    expect(outcome.stderr).toContain('more recent sign-in')
    // The new sign-in is kept.
    expect((await home.run(create('later'))).code).toBe(0)
  })

  it('does not go on as somebody else who happens to sign in', async () => {
    const home = homes[1] as Home
    const command = home.start([...create('mixed-up'), '--step-up', 'always'])
    await answerSignIn(command, await own.seed.addUser())
    const outcome = await command.done
    expect([outcome.code, outcome.stderr]).toEqual([4, expect.stringContaining('Somebody else signed in')])
    expect((await home.run(['whoami', '-o', 'json'])).stdout).toContain(admin.id)
  })

  it('that crashes is followed on by audit tail when it is back: nothing is missed, nothing shown twice', async () => {
    const [home] = homes as [Home]
    const subject = await own.seed.addUser()
    const tail = home.start([
      'audit',
      'tail',
      '--user-id',
      subject.id,
      '--after',
      '0',
      '-o',
      'ndjson',
      '--count',
      '3',
    ])
    const act = async (verb: 'disable' | 'enable') => {
      const outcome = await home.run(['users', verb, subject.id])
      expect(outcome.code, outcome.stderr).toBe(0)
    }
    await act('disable')
    await tail.seen('stdout', /user\.disabled/)
    await own.stack.restartWorker('SIGKILL')
    await act('enable')
    await act('disable')
    const { code, stdout, stderr } = await tail.done
    expect(code, stderr).toBe(0)
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type)
    expect(types).toEqual(['user.disabled', 'user.enabled', 'user.disabled'])
  })
})
