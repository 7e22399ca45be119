import { type SQL, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { otpCredentials, passkeys, users } from '../../src/db/schema.ts'
import { databaseErrorOf, isLastStrongFactor } from '../../src/kit/database-error.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'

const database = testDatabase()
const runBatch = createRunBatch(database)

async function addPerson(roles: string[], factors: { readonly passkeys?: number; readonly otp?: number }) {
  const id = uuidv7()
  await database.insert(users).values({ id, email: `${id}@people.test`, roles })
  const keys = Array.from({ length: factors.passkeys ?? 0 }, (_, index) => `${id}-${index}`)
  for (const credential_id of keys) {
    await database.insert(passkeys).values({
      ...{ credential_id, user_id: id, rp_id: 'id.test', public_key: 'key', aaguid: uuidv7(), name: 'Key' },
      ...{ backup_eligible: true, backed_up: true, attestation_format: 'none' },
    })
  }
  const seeds = Array.from({ length: factors.otp ?? 0 }, () => uuidv7())
  for (const seed of seeds) {
    await database.insert(otpCredentials).values({
      ...{ id: seed, user_id: id, kind: 'totp', name: 'App', sealed_secret: 'sealed', algorithm: 'SHA1' },
      ...{ digits: 6, period_seconds: 30 },
    })
  }
  return { id, keys, seeds }
}

/** @param actor who acts by the admin API; none: the person on the own account page */
const run = async (statement: SQL, actor = ''): Promise<'done' | 'refused'> => {
  try {
    await runBatch([sql`select set_config('authly.actor', ${actor}, true)`, statement])
    return 'done'
  } catch (error) {
    if (!isLastStrongFactor(error)) throw error
    expect(databaseErrorOf(error)?.code).toBe('AU409')
    return 'refused'
  }
}
const removeKey = (id: string | undefined) => sql`delete from passkeys where credential_id = ${id}`
const removeSeed = (id: string | undefined) => sql`delete from otp_credentials where id = ${id}`
const factorsOf = async (id: string): Promise<number> => {
  const { rows } = await database.execute<{ count: number }>(sql`
    select ((select count(*) from passkeys where user_id = ${id})
      + (select count(*) from otp_credentials where user_id = ${id}))::int as count`)
  return rows[0]?.count ?? -1
}

describe('the last strong factor of an administrator', () => {
  it('is not removed by himself, on the account page or through the admin API', async () => {
    const { id, keys, seeds } = await addPerson(['admin'], { passkeys: 1, otp: 1 })
    expect(await run(removeKey(keys[0]))).toBe('done')
    expect(await run(removeSeed(seeds[0]))).toBe('refused')
    expect(await run(removeSeed(seeds[0]), `user:${id}`)).toBe('refused')
    expect(await factorsOf(id)).toBe(1)
  })

  it('is not removed together with the one before it, in one statement', async () => {
    const { id } = await addPerson(['support'], { passkeys: 3 })
    expect(await run(sql`delete from passkeys where user_id = ${id}`)).toBe('refused')
    expect(await factorsOf(id)).toBe(3)
  })

  it('is removed by another administrator or a service account', async () => {
    const { keys } = await addPerson(['admin'], { passkeys: 1 })
    expect(await run(removeKey(keys[0]), `user:${uuidv7()}`)).toBe('done')
    const { seeds } = await addPerson(['admin'], { otp: 1 })
    expect(await run(removeSeed(seeds[0]), 'client:backoffice')).toBe('done')
  })

  it('goes with the account', async () => {
    const { id } = await addPerson(['support'], { passkeys: 1, otp: 1 })
    expect(await run(sql`delete from users where id = ${id}`)).toBe('done')
    expect(await factorsOf(id)).toBe(0)
  })

  it('of people without permissions is theirs to remove', async () => {
    const { keys } = await addPerson([], { passkeys: 1 })
    expect(await run(removeKey(keys[0]))).toBe('done')
  })

  it('stays when all of them are removed at the same moment', async () => {
    const people = await Promise.all(
      Array.from({ length: 8 }, () => addPerson(['admin'], { passkeys: 2, otp: 1 })),
    )
    for (const { id, keys, seeds } of people) {
      const all = [...keys.map(removeKey), ...seeds.map(removeSeed)]
      const answers = await Promise.all(all.map((statement) => run(statement)))
      expect(answers.filter((answer) => answer === 'refused')).toHaveLength(1)
      expect(await factorsOf(id)).toBe(1)
    }
  })
})
