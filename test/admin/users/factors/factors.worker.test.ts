import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { users } from '../../../../src/db/schema.ts'
import { uuidv7 } from '../../../../src/kit/ids.ts'
import { en } from '../../../../src/messages/en.ts'
import { testDatabase } from '../../../fakes/database.ts'
import { startMail } from '../../../login/mailbox.ts'
import { addAdmin, callAdmin, type TestActor } from '../../../worker/admin-client.ts'
import {
  addOtpRow,
  addPasskeyRow,
  addPasswordRow,
  addRecoveryCodeRows,
  hiddenValues,
} from '../../../worker/factors.ts'
import { addManaged, addSignedIn, eventsAbout, isAlive } from '../../../worker/managed-person.ts'
import { losingObjects, withoutObjects } from '../../../worker/without-objects.ts'

let admin: TestActor
let support: TestActor
let auditor: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  support = await addAdmin({ roles: ['support'] })
  auditor = await addAdmin({ roles: ['auditor'] })
})

const factorsOf = ({ id }: { readonly id: string }, what = '') => `/admin/users/${id}/factors${what}`

interface Factors {
  readonly password: object | null
  readonly passkeys: readonly { credential_id: string }[]
  readonly one_time_passwords: readonly { id: string }[]
  readonly recovery_codes: { remaining: number; used: number } | null
}

async function list(actor: TestActor, person: { readonly id: string }): Promise<Factors> {
  const response = await callAdmin(actor, 'GET', factorsOf(person))
  expect(response.status).toBe(200)
  return (await response.json()) as Factors
}

/** A mailbox, and the subjects of what comes to it. */
async function mailboxOf(email: string) {
  const service = startMail()
  await service.deliver(email)
  const act = async (method: string, path: string, more: { body?: object; env?: Partial<Env> } = {}) => {
    const { body, env } = more
    const answered = await callAdmin(admin, method, path, {
      env: { ...service.provider.bindings, ...env },
      ...(body && { body }),
    })
    return answered.status
  }
  const subjects = async (count: number) => {
    await service.arrived(count)
    return (await service.mails()).map(({ subject }) => subject)
  }
  return { act, subjects }
}

describe('the owner is told of', () => {
  const removed = en.notices.factorRemoved.subject('Authly')
  const changed = en.notices.passwordChanged.subject('Authly')

  it('a passkey and an app that an administrator removed, and a password that was replaced', async () => {
    const person = await addManaged()
    const { act, subjects } = await mailboxOf(person.email)
    const passkey = await addPasskeyRow(person.id)
    const otp = await addOtpRow(person.id)
    expect(await act('DELETE', factorsOf(person, `/passkeys/${passkey}`))).toBe(204)
    expect(await subjects(1)).toEqual([removed])
    expect(await act('DELETE', factorsOf(person, `/one-time-passwords/${otp}`))).toBe(204)
    expect(await subjects(2)).toEqual([removed, removed])
    const reset = `/admin/users/${person.id}/reset-password`
    expect(await act('POST', reset, { body: { method: 'temporary_password' } })).toBe(200)
    expect(await subjects(3)).toEqual([removed, removed, changed])
  })

  // Attack: the owner is told by nobody, because the first attempt failed after the factor was gone.
  it.each([
    ['a passkey', addPasskeyRow, '/passkeys/', 1],
    ['an app', addOtpRow, '/one-time-passwords/', 0],
  ] as const)('%s once, when their object goes away before the sessions end', async (...row) => {
    const [, addRow, under, answered] = row
    const person = await addSignedIn()
    const email = `${person.id}@people.test`
    await testDatabase().update(users).set({ email }).where(eq(users.id, person.id))
    const { act, subjects } = await mailboxOf(email)
    const path = factorsOf(person, `${under}${await addRow(person.id)}`)
    const { USER_SESSIONS } = losingObjects(answered, admin.id)
    expect(await act('DELETE', path, { env: { USER_SESSIONS } })).toBe(503)
    expect(await isAlive(person)).toBe(true)
    expect(await eventsAbout(person.id)).toHaveLength(1)
    expect(await subjects(1)).toEqual([removed])
    expect(await act('DELETE', path)).toBe(204)
    expect(await isAlive(person)).toBe(false)
    const reset = `/admin/users/${person.id}/reset-password`
    expect(await act('POST', reset, { body: { method: 'temporary_password' } })).toBe(200)
    expect(await subjects(2)).toEqual([removed, changed])
  })
})

describe('factors of a person', () => {
  it('are listed by kind, without anything that proves them', async () => {
    const person = await addManaged()
    await addPasswordRow(person.id)
    const credentialId = await addPasskeyRow(person.id)
    const otpId = await addOtpRow(person.id)
    await addRecoveryCodeRows(person.id, 3)
    const other = await addManaged()
    await addPasskeyRow(other.id)
    const response = await callAdmin(auditor, 'GET', factorsOf(person))
    const text = await response.text()
    for (const hidden of Object.values(hiddenValues)) expect(text).not.toContain(hidden)
    expect(JSON.parse(text)).toMatchObject({
      password: { must_change: true, breached_at: '2026-11-23T09:00:00.000Z' },
      passkeys: [
        {
          ...{ credential_id: credentialId, name: 'Phone', rp_id: 'auth.test', backed_up: true },
          authenticator: 'Google Password Manager',
          ...{ transports: ['internal', 'hybrid'], last_used_at: null },
        },
      ],
      one_time_passwords: [{ id: otpId, kind: 'totp', name: 'Authenticator', digits: 6, period_seconds: 30 }],
      recovery_codes: { remaining: 3, used: 1 },
    })
  })

  it('of somebody without any are empty', async () => {
    expect(await list(auditor, await addManaged())).toEqual({
      ...{ password: null, passkeys: [], one_time_passwords: [], recovery_codes: null },
    })
  })

  it('of nobody are a 404', async () => {
    expect((await callAdmin(admin, 'GET', factorsOf({ id: uuidv7() }))).status).toBe(404)
  })
})

describe('removing a passkey', () => {
  it('ends what the person is signed in to, and is in the trail', async () => {
    const person = await addSignedIn()
    const [removed, kept] = [await addPasskeyRow(person.id), await addPasskeyRow(person.id)]
    const path = factorsOf(person, `/passkeys/${removed}`)
    expect((await callAdmin(support, 'DELETE', path)).status).toBe(204)
    expect((await list(admin, person)).passkeys.map(({ credential_id }) => credential_id)).toEqual([kept])
    expect(await isAlive(person)).toBe(false)
    expect(await eventsAbout(person.id)).toMatchObject([
      { type: 'passkey.removed', actor_id: support.id, entity_type: 'passkey', entity_id: removed },
    ])
  })

  it('changes nothing while the object, which must refuse it first, is away', async () => {
    const person = await addSignedIn()
    const path = factorsOf(person, `/passkeys/${await addPasskeyRow(person.id)}`)
    expect((await callAdmin(admin, 'DELETE', path, { env: withoutObjects(admin.id) })).status).toBe(503)
    expect((await list(admin, person)).passkeys).toHaveLength(1)
    expect(await eventsAbout(person.id)).toEqual([])
    expect((await callAdmin(admin, 'DELETE', path)).status).toBe(204)
    expect((await callAdmin(admin, 'DELETE', path)).status).toBe(204)
    expect(await eventsAbout(person.id)).toHaveLength(1)
  })

  it('of another person, and one there is not, are the same 404 and end nothing', async () => {
    const [person, other] = [await addSignedIn(), await addManaged()]
    for (const id of [await addPasskeyRow(other.id), 'no-such-passkey']) {
      expect((await callAdmin(admin, 'DELETE', factorsOf(person, `/passkeys/${id}`))).status).toBe(404)
    }
    expect((await list(admin, other)).passkeys).toHaveLength(1)
    expect(await isAlive(person)).toBe(true)
  })
})

describe('removing one-time passwords', () => {
  it('ends what the person is signed in to, and is in the trail without the seed', async () => {
    const person = await addSignedIn()
    const [removed, kept] = [await addOtpRow(person.id), await addOtpRow(person.id)]
    const path = factorsOf(person, `/one-time-passwords/${removed}`)
    expect((await callAdmin(support, 'DELETE', path)).status).toBe(204)
    expect((await list(admin, person)).one_time_passwords.map(({ id }) => id)).toEqual([kept])
    expect(await isAlive(person)).toBe(false)
    const events = await eventsAbout(person.id)
    expect(events).toMatchObject([
      { type: 'otp.removed', actor_id: support.id, entity_type: 'otp', entity_id: removed },
    ])
    expect(JSON.stringify(events)).not.toContain(hiddenValues.sealedSecret)
  })

  it('of which it was the last takes the recovery codes, which are useless without', async () => {
    const person = await addManaged()
    const [first, last] = [await addOtpRow(person.id), await addOtpRow(person.id)]
    await addRecoveryCodeRows(person.id, 2)
    await callAdmin(admin, 'DELETE', factorsOf(person, `/one-time-passwords/${first}`))
    expect((await list(admin, person)).recovery_codes).toMatchObject({ remaining: 2 })
    await callAdmin(admin, 'DELETE', factorsOf(person, `/one-time-passwords/${last}`))
    expect((await list(admin, person)).recovery_codes).toBeNull()
  })

  it('repeated after an outage of the object ends the sessions, and records nothing again', async () => {
    const person = await addSignedIn()
    const path = factorsOf(person, `/one-time-passwords/${await addOtpRow(person.id)}`)
    expect((await callAdmin(admin, 'DELETE', path, { env: withoutObjects(admin.id) })).status).toBe(503)
    expect(await isAlive(person)).toBe(true)
    expect((await callAdmin(admin, 'DELETE', path)).status).toBe(204)
    expect(await isAlive(person)).toBe(false)
    expect(await eventsAbout(person.id)).toHaveLength(1)
  })

  it('of another person, and those there are not, are the same 404 and end nothing', async () => {
    const [person, other] = [await addSignedIn(), await addManaged()]
    const foreign = await addOtpRow(other.id)
    for (const id of [foreign, uuidv7()]) {
      const path = factorsOf(person, `/one-time-passwords/${id}`)
      expect((await callAdmin(admin, 'DELETE', path)).status).toBe(404)
    }
    expect((await list(admin, other)).one_time_passwords).toHaveLength(1)
    expect(await isAlive(person)).toBe(true)
  })
})

describe('removing recovery codes', () => {
  it('removes all, and says how many nobody had used', async () => {
    const person = await addSignedIn()
    await addRecoveryCodeRows(person.id, 2)
    expect((await callAdmin(support, 'DELETE', factorsOf(person, '/recovery-codes'))).status).toBe(204)
    expect((await list(admin, person)).recovery_codes).toBeNull()
    expect(await isAlive(person)).toBe(false)
    expect(await eventsAbout(person.id)).toMatchObject([
      { type: 'recovery_codes.removed', actor_id: support.id, data: { unused: 2 } },
    ])
  })

  it('where there are none ends nothing and records nothing', async () => {
    const person = await addSignedIn()
    expect((await callAdmin(admin, 'DELETE', factorsOf(person, '/recovery-codes'))).status).toBe(204)
    expect(await isAlive(person)).toBe(true)
    expect(await eventsAbout(person.id)).toEqual([])
  })

  it('by parallel requests records it once', async () => {
    const person = await addManaged()
    await addRecoveryCodeRows(person.id, 2)
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => callAdmin(admin, 'DELETE', factorsOf(person, '/recovery-codes'))),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    expect(await eventsAbout(person.id)).toHaveLength(1)
  })
})

describe('factors that stay', () => {
  const removals = async (person: { readonly id: string }) => [
    factorsOf(person, `/passkeys/${await addPasskeyRow(person.id)}`),
    factorsOf(person, `/one-time-passwords/${await addOtpRow(person.id)}`),
    factorsOf(person, '/recovery-codes'),
  ]

  it('support staff removes none of an administrator: 403', async () => {
    const person = await addAdmin()
    for (const path of await removals(person)) {
      expect((await callAdmin(support, 'DELETE', path)).status).toBe(403)
    }
    expect((await list(admin, person)).one_time_passwords).toHaveLength(1)
    expect(await isAlive(person)).toBe(true)
  })

  it('nobody removes their own here: the account page asks for an equal factor', async () => {
    const person = await addAdmin()
    for (const path of await removals(person)) {
      expect((await callAdmin(person, 'DELETE', path)).status).toBe(403)
    }
    expect((await list(admin, person)).one_time_passwords).toHaveLength(1)
  })

  it('auditors read, and remove nothing: 403', async () => {
    for (const path of await removals(await addManaged())) {
      expect((await callAdmin(auditor, 'DELETE', path)).status).toBe(403)
    }
  })
})
