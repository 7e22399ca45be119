/**
 * Invitations from the admin API to a real SMTP server, through the production bundle in raw workerd: `cloudflare:sockets`
 * really connects, and TLS is real.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LocalCertificate, makeLocalCertificate } from '../../../scripts/security/local-certificate.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import { type MailServer, mailAccount, startMailServer } from './smtp-server.ts'

let folder: string
let certificate: LocalCertificate
let stranger: LocalCertificate
let authly: OwnAuthly
let token: string
const servers: MailServer[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-smtp-'))
  certificate = makeLocalCertificate(folder)
  stranger = makeLocalCertificate(await mkdtemp(join(folder, 'stranger-')))
  authly = await startOwnAuthly({}, { trustedCertificates: [certificate.certificate] })
  const service = await authly.seed.addClient({ scopes: ['admin:users:write'] })
  const granted = await authly.rp.requestToken(service, { grant_type: 'client_credentials' })
  token = String(granted.json?.['access_token'])
}, 240_000)
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})
afterAll(async () => {
  await authly?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function serve(...input: Parameters<typeof startMailServer>): Promise<MailServer> {
  const server = await startMailServer(...input)
  servers.push(server)
  return server
}

/** The worker, sending by that server from now on. */
const sendBy = ({ port }: MailServer, changed: Readonly<Record<string, string>> = {}) =>
  authly.stack.restartWorker('SIGTERM', {
    ...{ AUTHLY_EMAIL_PROVIDER: 'smtp', AUTHLY_EMAIL_FROM: 'login@auth.test' },
    ...{ AUTHLY_SMTP_HOST: 'localhost', AUTHLY_SMTP_PORT: String(port), AUTHLY_SMTP_TLS: 'starttls' },
    AUTHLY_SMTP_USERNAME: mailAccount.username,
    AUTHLY_SMTP_PASSWORD: mailAccount.password,
    ...changed,
  })

async function invite(email: string, profile: object = {}) {
  const response = await fetch(`${authly.issuer}/admin/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email, profile, setup: { method: 'invitation', send: true } }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** Messages of tests before, which no server took then, arrive as well. */
const mailsTo = ({ mails }: MailServer, email: string) => mails.filter(({ to }) => to.includes(email))
const newAddress = () => `ada-${crypto.randomUUID().slice(0, 8)}@example.com`
const eventsOf = async (id: unknown) => {
  const { rows } = await authly.seed.database.query(
    `SELECT type, data FROM audit_events WHERE user_id = $1 AND type LIKE 'message.%'`,
    [id],
  )
  return rows as { type: string; data: Record<string, unknown> }[]
}
const until = (check: () => void | Promise<void>, timeout = 30_000) =>
  vi.waitFor(check, { timeout, interval: 200 })

it('without a provider an invitation cannot be sent, and no account is made', async () => {
  const email = newAddress()
  expect(await invite(email)).toMatchObject({
    status: 409,
    body: { type: 'urn:authly:problem:delivery_not_configured' },
  })
  const { rows } = await authly.seed.database.query('SELECT id FROM users WHERE email = $1', [email])
  expect(rows).toEqual([])
})

describe('SMTP', () => {
  it('STARTTLS and AUTH PLAIN: the invitation arrives whole, and its link works', async () => {
    const server = await serve(certificate)
    await sendBy(server)
    const email = newAddress()
    const { status, body } = await invite(email, { locale: 'de-AT' })
    expect(status).toBe(201)
    expect(body).not.toHaveProperty('invitation_url')
    expect(body['setup_link']).toMatchObject({ purpose: 'invitation' })
    await until(() => expect(mailsTo(server, email)).toHaveLength(1))
    const [mail] = mailsTo(server, email)
    expect(mail).toMatchObject({ from: 'login@auth.test', to: [email], user: 'authly', isSecure: true })
    expect(server.signIns).toContainEqual({ method: 'PLAIN', isSecure: true })
    expect(mail?.parsed).toMatchObject({
      from: { name: 'Authly', address: 'login@auth.test' },
      to: [{ address: email }],
      subject: 'Ihr Konto bei Authly',
    })
    expect(mail?.parsed.headers.find(({ key }) => key === 'content-type')?.value).toContain(
      'multipart/alternative',
    )
    for (const body of [mail?.parsed.text, mail?.parsed.html]) {
      expect(body).toContain('Willkommen')
      expect(body).toContain('Wählen Sie, wie Sie sich anmelden')
    }
    const link = /http:\/\/127\.0\.0\.1:\d+\/set-password\?link=\S+/.exec(mail?.parsed.text ?? '')?.[0]
    const page = await fetch(link as string)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(email)
    await until(async () =>
      expect(await eventsOf(body['id'])).toEqual([
        {
          type: 'message.sent',
          data: { kind: 'invitation', channel: 'email', attempts: 1, provider: 'smtp' },
        },
      ]),
    )
  })

  it('TLS from the first byte and AUTH LOGIN', async () => {
    const server = await serve(certificate, { secure: true, authMethods: ['LOGIN'] })
    await sendBy(server, { AUTHLY_SMTP_TLS: 'implicit' })
    const email = newAddress()
    expect((await invite(email)).status).toBe(201)
    await until(() => expect(mailsTo(server, email)).toHaveLength(1))
    expect(server.signIns).toContainEqual({ method: 'LOGIN', isSecure: true })
  })

  it.each([
    ['a server that does not agree to STARTTLS', { disabledCommands: ['STARTTLS'] }],
    [
      'a server that hides STARTTLS and wants the password in the clear',
      { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true },
    ],
  ])('says nothing to %s: an attacker in between would read all', async (_, options) => {
    const server = await serve(certificate, options)
    await sendBy(server)
    expect((await invite(newAddress())).status).toBe(201)
    await until(() => expect(server.connections()).toBeGreaterThan(0))
    await sleep(2_000)
    expect(server.mails).toEqual([])
    expect(server.signIns).toEqual([])
  })

  it.each(['starttls', 'implicit'])(
    '%s: a server with the certificate of a stranger gets nothing',
    async (tls) => {
      const server = await serve(stranger, { secure: tls === 'implicit' })
      await sendBy(server, { AUTHLY_SMTP_TLS: tls })
      expect((await invite(newAddress())).status).toBe(201)
      await sleep(3_000)
      expect(server.mails).toEqual([])
      expect(server.signIns).toEqual([])
    },
  )

  it('a server that is down, and a worker that is killed meanwhile: the message arrives once', async () => {
    const server = await serve(certificate)
    await sendBy(server)
    await server.stop()
    const email = newAddress()
    const { status, body } = await invite(email)
    expect(status).toBe(201)
    await sleep(2_000)
    await authly.stack.restartWorker('SIGKILL')
    await server.start()
    await until(() => expect(mailsTo(server, email)).toHaveLength(1), 40_000)
    await until(async () => expect(await eventsOf(body['id'])).toMatchObject([{ type: 'message.sent' }]))
    expect(mailsTo(server, email)).toHaveLength(1)
  })

  it('a mailbox that does not exist: refused, once; one that is full for now: tried again', async () => {
    let isFull = true
    const server = await serve(certificate, {
      refuseRecipient: (address) => (address.startsWith('nobody') ? 550 : isFull ? 452 : undefined),
    })
    await sendBy(server)
    const refused = await invite(`nobody-${newAddress()}`)
    await until(async () =>
      expect(await eventsOf(refused.body['id'])).toMatchObject([
        { type: 'message.refused', data: { reason: 'smtp_550', attempts: 1 } },
      ]),
    )
    const email = newAddress()
    await invite(email)
    await sleep(2_000)
    expect(mailsTo(server, email)).toEqual([])
    isFull = false
    await until(() => expect(mailsTo(server, email)).toHaveLength(1))
  })

  it('a wrong password of ours loses no message', async () => {
    const server = await serve(certificate)
    await sendBy(server, { AUTHLY_SMTP_PASSWORD: 'outdated' })
    const email = newAddress()
    await invite(email)
    await until(() => expect(server.signIns.length).toBeGreaterThan(0))
    expect(server.mails).toEqual([])
    await sendBy(server)
    await until(() => expect(mailsTo(server, email)).toHaveLength(1))
  })
})
