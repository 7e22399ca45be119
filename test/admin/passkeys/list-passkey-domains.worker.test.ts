import { expect, it } from 'vitest'
import { passkeys, users } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, callAdmin } from '../../worker/admin-client.ts'

async function addPasskeys(rpId: string, count: number) {
  const userId = uuidv7()
  await testDatabase().insert(users).values({ id: userId, username: userId })
  const rows = Array.from({ length: count }, () => ({
    ...{ credential_id: crypto.randomUUID(), user_id: userId, rp_id: rpId, public_key: 'AAAA' },
    ...{ aaguid: uuidv7(), name: 'x', backup_eligible: true, backed_up: true, attestation_format: 'none' },
  }))
  await testDatabase().insert(passkeys).values(rows)
}

it('says before a move how many passkeys will not work at the new address', async () => {
  const elsewhere = `${uuidv7()}.example`
  await addPasskeys('auth.test', 2)
  await addPasskeys(elsewhere, 3)
  const admin = await addAdmin()
  const ask = async (query = '') => {
    const response = await callAdmin(admin, 'GET', `/admin/passkeys/domains${query}`)
    expect(response.status, await response.clone().text()).toBe(200)
    return (await response.json()) as {
      rp_id: string
      stranded: number
      items: { rp_id: string; works: string; passkeys: number; people: number }[]
    }
  }
  const of = (rpId: string, { items }: Awaited<ReturnType<typeof ask>>) =>
    items.find((item) => item.rp_id === rpId)
  const here = await ask()
  expect(here.rp_id).toBe('auth.test')
  expect(of('auth.test', here)).toMatchObject({ works: 'yes' })
  expect(of(elsewhere, here)).toEqual({ rp_id: elsewhere, works: 'no', passkeys: 3, people: 1 })
  expect(here.stranded).toBeGreaterThanOrEqual(3)
  const there = await ask(`?issuer=https://login.${elsewhere}`)
  expect(there.rp_id).toBe(`login.${elsewhere}`)
  expect(of('auth.test', there)).toMatchObject({ works: 'no' })
  const refused = await callAdmin(admin, 'GET', '/admin/passkeys/domains?issuer=https://a.example/path')
  expect(refused.status).toBe(400)
})
