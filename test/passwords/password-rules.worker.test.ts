import { env, runDurableObjectAlarm } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { issueSetupLink } from '../../src/users/password-setup.ts'
import { testDatabase } from '../fakes/database.ts'
import { openBrowser, type Shown } from '../login/browser.ts'
import { addPerson } from '../login/people.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../worker/admin-client.ts'
import { changingSettings } from '../worker/change-setting.ts'

const set = changingSettings()
const fourteen = 'kettle-orbit-7'
const eight = 'k3ttle-x'
let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

async function createWith(password: string): Promise<{ status: number; text: string }> {
  const body = { username: `r-${crypto.randomUUID().slice(0, 8)}`, setup: { method: 'password', password } }
  const answer = await callAdmin(admin, 'POST', '/admin/users', { body })
  return { status: answer.status, text: await answer.text() }
}

async function createManyWith(password: string): Promise<{ succeeded: number; failures: string }> {
  const body = `username,password\nb-${crypto.randomUUID().slice(0, 8)},${password}\n`
  const headers = { 'content-type': 'text/csv' }
  const answer = await callAdmin(admin, 'POST', '/admin/users/bulk/create', { body, headers })
  const path = answer.headers.get('location') as string
  await runDurableObjectAlarm(env.JOB.getByName(path.split('/').at(-1) as string))
  const job = (await (await callAdmin(admin, 'GET', path)).json()) as { succeeded: number }
  const failures = await callAdmin(admin, 'GET', `${path}/results?file=failures`)
  return { succeeded: job.succeeded, failures: await failures.text() }
}

async function chooseByLink(password: string): Promise<{ page: Shown; answer: Shown }> {
  const { id } = await addPerson()
  const { url, secretHash } = await issueSetupLink(testDependencies().root, 'https://auth.test', id)
  await testDatabase().execute(sql`
    insert into password_setup_links (user_id, purpose, secret_hash, expires_at)
    values (${id}, 'reset', ${secretHash}, now() + interval '1 hour')`)
  const browser = openBrowser()
  const page = await browser.get(url.replace('https://auth.test', ''))
  const fields = { ...page.hidden, new_password: password, repeat_password: password }
  return { page, answer: await browser.post('/set-password', fields) }
}

describe('the length of a new password', () => {
  test('is 15 characters, for pages, administrators and uploads, whatever less was set', async () => {
    await set('passwords.min_length', 8)
    const created = await createWith(fourteen)
    expect([created.status, created.text.includes('must have at least 15 characters')]).toEqual([400, true])
    const many = await createManyWith(fourteen)
    expect([many.succeeded, many.failures.includes('must have at least 15 characters')]).toEqual([0, true])
    const { page, answer } = await chooseByLink(fourteen)
    expect(page.html).toContain('minlength: 15; maxlength: 256;')
    expect([answer.status, answer.html.includes('at least 15 characters')]).toEqual([400, true])
  })

  test('can be less where everybody has a second factor', async () => {
    await set('passwords.min_length', 8)
    await set('sign_in.second_factor', 'required')
    expect((await createWith(eight)).status).toBe(201)
    expect((await createWith('k3ttle-')).text).toContain('must have at least 8 characters')
    expect((await createManyWith(eight)).succeeded).toBe(1)
    const { page, answer } = await chooseByLink(eight)
    expect(page.html).toContain('minlength: 8; maxlength: 256;')
    expect(answer.location).toBe('/login?done=password')
  })
})

test('a new password is not made of the name of this service', async () => {
  await set('branding.name', 'Lighthouse Bank')
  const { answer } = await chooseByLink('Lighthouse Bank 123')
  expect([answer.status, answer.html.includes('the name of this service')]).toEqual([400, true])
  expect((await createWith('lighthouse bank 2026')).text).toContain('the name of this service')
})
