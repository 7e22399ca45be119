/** Passkeys are made, named and removed over the real store and the real object. */
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { auditEvents, passkeys, users } from '../../src/db/schema.ts'
import { acceptedCredentials, listPasskeys, renamePasskey } from '../../src/passkeys/manage-passkeys.ts'
import { maxPasskeys } from '../../src/passkeys/passkey.ts'
import { creationOptions, registerPasskey } from '../../src/passkeys/register-passkey.ts'
import { userHandleOf } from '../../src/passkeys/user-handle.ts'
import { testDatabase } from '../fakes/database.ts'
import {
  addPasskey,
  createPerson,
  createUser,
  factorsOf,
  issuer,
  needs,
  noSettings,
  origin,
  rpId,
} from './person.ts'
import { createSoftwareAuthenticator } from './software-authenticator.ts'

type Registration = Parameters<typeof registerPasskey>[1]

/** A page of a person with what their browser answers to it. */
async function answeredPage(
  userId: string,
  authenticator = createSoftwareAuthenticator(),
  settings = noSettings,
): Promise<Registration> {
  const registrant = { user_id: userId, asked_by: 'session-1', settings }
  const created = await creationOptions(needs, {
    ...{ ...registrant, rp_name: 'Test', user_name: 'ann', display_name: 'Ann' },
  })
  if (!created.ok) throw new Error(created.error)
  const { options, registration } = created.value
  const credential = JSON.stringify(await authenticator.create(options, { origin: issuer }))
  const judged = await factorsOf(userId)
  return { ...registrant, judged, registration, credential, fallback_name: 'Passkey', origin }
}

const stored = (userId: string) => testDatabase().select().from(passkeys).where(eq(passkeys.user_id, userId))
const eventsOf = async (userId: string) =>
  (await testDatabase().select().from(auditEvents).where(eq(auditEvents.user_id, userId))).map(
    ({ type, entity_id }) => ({ type, entity_id }),
  )

describe('options to make a passkey', () => {
  it('name the person by their lasting handle and exclude the passkeys they have', async () => {
    const { userId, credentialId } = await createPerson()
    const created = await creationOptions(needs, {
      ...{ user_id: userId, asked_by: 's', settings: noSettings },
      ...{ rp_name: 'Test', user_name: 'ann@example.test', display_name: 'Ann' },
    })
    if (!created.ok) throw new Error(created.error)
    expect(created.value.options).toMatchObject({
      rp: { id: rpId, name: 'Test' },
      user: { id: await userHandleOf(needs.root, userId), name: 'ann@example.test', displayName: 'Ann' },
      excludeCredentials: [{ id: credentialId, type: 'public-key' }],
      authenticatorSelection: { residentKey: 'required' },
      attestation: 'none',
    })
  })

  it('ask for attestation only where something depends on it', async () => {
    const userId = await createUser()
    const created = await creationOptions(needs, {
      ...{ user_id: userId, asked_by: 's', rp_name: 'Test', user_name: 'ann', display_name: 'Ann' },
      settings: { ...noSettings, 'passkeys.allowed_aaguids': ['cb69481e-8ff7-4039-93ec-0a2729a154a8'] },
    })
    expect(created).toMatchObject({ ok: true, value: { options: { attestation: 'direct' } } })
  })

  it('do not exist for an issuer without a domain', async () => {
    const created = await creationOptions(
      { ...needs, config: { issuer: 'http://127.0.0.1:8787' } },
      {
        ...{ user_id: await createUser(), asked_by: 's', settings: noSettings },
        ...{ rp_name: 'Test', user_name: 'ann', display_name: 'Ann' },
      },
    )
    expect(created).toEqual({ ok: false, error: 'unsupported' })
  })
})

describe('a new passkey', () => {
  it('is stored with its event, and named after its authenticator', async () => {
    const userId = await createUser()
    const aaguid = 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd'
    const credentialId = await addPasskey(userId, createSoftwareAuthenticator({ aaguid }))
    expect(await stored(userId)).toMatchObject([
      {
        ...{ credential_id: credentialId, rp_id: rpId, aaguid, name: 'iCloud Keychain' },
        ...{ backup_eligible: true, transports: ['internal', 'hybrid'], attestation_format: 'none' },
      },
    ])
    expect(await eventsOf(userId)).toEqual([{ type: 'passkey.created', entity_id: credentialId }])
  })

  it('is stored once from one page, out of fifty submissions at the same time', async () => {
    const userId = await createUser()
    const page = await answeredPage(userId)
    const answers = await Promise.all(Array.from({ length: 50 }, () => registerPasskey(needs, page)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.filter((each) => !each.ok && each.error === 'expired')).toHaveLength(49)
    expect(await stored(userId)).toHaveLength(1)
    expect(await eventsOf(userId)).toHaveLength(1)
  })

  it('is refused from another session, another person, an old page, a forged page, and changes nothing', async () => {
    const userId = await createUser()
    const page = await answeredPage(userId)
    const later = { ...needs, now: () => Date.now() + 301_000 }
    const expired = { ok: false, error: 'expired' }
    expect(await registerPasskey(needs, { ...page, asked_by: 'session-2' })).toEqual(expired)
    expect(await registerPasskey(needs, { ...page, user_id: await createUser() })).toEqual(expired)
    expect(await registerPasskey(later, page)).toEqual(expired)
    expect(await registerPasskey(needs, { ...page, registration: undefined })).toEqual(expired)
    expect(await registerPasskey(needs, { ...page, registration: 'AAAA' })).toEqual(expired)
    expect(await stored(userId)).toEqual([])
  })

  it('is refused when it is not what the page asked for, and the page can be used again', async () => {
    const userId = await createUser()
    const page = await answeredPage(userId)
    const other = await answeredPage(userId)
    const invalid = { ok: false, error: 'invalid' }
    for (const credential of [undefined, '', 'null', '{}', other.credential, '['.repeat(20_000)]) {
      expect(await registerPasskey(needs, { ...page, credential })).toEqual(invalid)
    }
    expect(await stored(userId)).toEqual([])
    expect((await registerPasskey(needs, page)).ok).toBe(true)
  })

  it('cannot be one that somebody has: whoever replays it gets nothing', async () => {
    const [userId, thief] = [await createUser(), await createUser()]
    const authenticator = createSoftwareAuthenticator()
    const first = await answeredPage(userId, authenticator)
    await registerPasskey(needs, first)
    const [row] = await stored(userId)
    const page = await answeredPage(thief)
    const insert = await needs.passkeyStore.insert(
      { ...(row as typeof passkeys.$inferSelect), user_id: thief },
      await factorsOf(thief),
      {
        id: crypto.randomUUID(),
        type: 'passkey.created',
        occurred_at: 1,
        outcome: 'success',
        actor_type: 'user',
      },
    )
    expect(insert).toBe('taken')
    expect((await registerPasskey(needs, page)).ok).toBe(true)
    expect((await stored(userId))[0]?.user_id).toBe(userId)
  })

  it('is refused for an account that is disabled, and beyond the limit also in parallel', async () => {
    const disabled = await createUser()
    const page = await answeredPage(disabled)
    await testDatabase().update(users).set({ status: 'disabled' }).where(eq(users.id, disabled))
    expect(await registerPasskey(needs, page)).toEqual({ ok: false, error: 'gone' })
    const userId = await createUser()
    for (let count = 1; count < maxPasskeys; count++) await addPasskey(userId, createSoftwareAuthenticator())
    const pages = await Promise.all(Array.from({ length: 3 }, () => answeredPage(userId)))
    const answers = await Promise.all(pages.map((each) => registerPasskey(needs, each)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.filter((each) => !each.ok && each.error === 'full')).toHaveLength(2)
    expect(await stored(userId)).toHaveLength(maxPasskeys)
    expect(
      await creationOptions(needs, {
        ...page,
        user_id: userId,
        rp_name: 'T',
        user_name: 'a',
        display_name: 'A',
      }),
    ).toEqual({
      ok: false,
      error: 'full',
    })
  })

  it('is refused when another one was added since somebody decided that it may be', async () => {
    const userId = await createUser()
    const pages = await Promise.all([answeredPage(userId), answeredPage(userId), answeredPage(userId)])
    const answers = await Promise.all(pages.map((each) => registerPasskey(needs, each)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.filter((each) => !each.ok && each.error === 'changed')).toHaveLength(2)
    expect(await stored(userId)).toHaveLength(1)
  })

  it('takes the name its owner gives, if it is one', async () => {
    const userId = await createUser()
    for (const [name, expected] of [
      ['  My phone ', 'My phone'],
      ['two\nlines', 'Passkey'],
      ['x'.repeat(65), 'Passkey'],
      ['   ', 'Passkey'],
    ] as const) {
      const registered = await registerPasskey(needs, { ...(await answeredPage(userId)), name })
      expect(registered).toMatchObject({ ok: true, value: { name: expected } })
    }
  })
})

describe('the passkeys of a person', () => {
  it('are listed, renamed with an event, and nobody else’s', async () => {
    const [person, other] = [await createPerson(), await createPerson()]
    const { userId, credentialId } = person
    const change = { user_id: userId, credential_id: credentialId, origin }
    expect(await renamePasskey(needs, { ...change, name: 'Work' })).toBe('renamed')
    expect(await renamePasskey(needs, { ...change, name: '\u0000' })).toBe('invalid')
    expect(await renamePasskey(needs, { ...change, user_id: other.userId, name: 'Mine' })).toBe('unknown')
    const listed = await listPasskeys(needs, userId)
    expect(listed).toMatchObject([{ credential_id: credentialId, name: 'Work', last_used_at: undefined }])
    expect(JSON.stringify(listed)).not.toContain('public_key')
    expect((await eventsOf(userId)).map(({ type }) => type)).toEqual(['passkey.created', 'passkey.renamed'])
    expect(await acceptedCredentials(needs, userId, rpId, listed)).toEqual({
      ...{ rpId, userId: await userHandleOf(needs.root, userId) },
      allAcceptedCredentialIds: [credentialId],
    })
  })
})
