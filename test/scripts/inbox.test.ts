/** The local inbox: what arrives, who may read it, and that no worker has code for it. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'node-html-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Inbox, startInbox } from '../../scripts/inbox/inbox-server.ts'
import { codesOf, linksOf } from '../../scripts/inbox/received-message.ts'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'
import { parseConfig } from '../../src/config.ts'
import { createResendSender } from '../../src/delivery/senders/resend.ts'
import { createTwilioSender } from '../../src/delivery/senders/twilio.ts'

const issuer = 'http://localhost:8787'
let inbox: Inbox
beforeAll(async () => {
  inbox = await startInbox(issuer)
})
afterAll(() => inbox.stop())

/** As the worker that got these variables would send. */
function senders() {
  const { email, sms } = parseConfig({
    ...inbox.vars,
    AUTHLY_ISSUER: issuer,
    AUTHLY_ROOT_SECRET: 'dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ',
    DATABASE_URL: 'postgres://a:b@localhost/c',
  }).delivery
  if (email?.provider.kind !== 'resend' || !sms) throw new Error('both providers are expected')
  return {
    sendEmail: createResendSender(email.provider, fetch),
    sendSms: createTwilioSender(sms.provider, fetch),
    from: email.from,
  }
}

const link = 'http://localhost:8787/set-password?link=authly_il_A.B'
const email = (changed: object = {}) => ({
  id: crypto.randomUUID(),
  from: { address: 'login@authly.test', name: 'Authly' },
  to: 'ada@example.com',
  subject: 'Hello <b>you</b>',
  html: `<html><head></head><body><script>alert(1)</script><a href="${link}">Open</a></body></html>`,
  text: `Hello\n${link}\nYour code is 482913.`,
  ...changed,
})

/** A request with headers that `fetch` would not let anybody set. */
const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
  new Promise<number>((resolve, reject) => {
    const { port } = new URL(inbox.url)
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end()
  })

describe('what arrives', () => {
  it('is listed and shown, escaped, once per message', async () => {
    const { sendEmail } = senders()
    const message = email()
    expect(await sendEmail(message)).toEqual({ outcome: 'sent' })
    expect(await sendEmail(message)).toEqual({ outcome: 'sent' })
    const list = parse(await (await fetch(inbox.url)).text())
    const rows = list.querySelectorAll('li a')
    expect(rows).toHaveLength(1)
    expect(rows[0]?.querySelector('strong')?.innerHTML).toBe('Hello &lt;b&gt;you&lt;/b&gt;')

    const page = await fetch(new URL(rows[0]?.getAttribute('href') as string, inbox.url))
    const shown = parse(await page.text())
    expect(shown.querySelector('.found a')?.getAttribute('href')).toBe(link)
    expect(shown.querySelector('.found code')?.text).toBe('482913')
    expect(shown.querySelectorAll('script')).toEqual([])
    const frame = shown.querySelector('iframe')
    expect(frame?.getAttribute('sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox')

    const html = await fetch(new URL(frame?.getAttribute('src') as string, inbox.url))
    expect(html.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups .*default-src 'none'/)
    expect(await html.text()).toContain('<base target="_blank">')
  })

  it('takes text messages', async () => {
    const { sendSms } = senders()
    const sms = { id: 'x', from: 'Authly', to: '+4915112345678', text: '123456 is your code' }
    expect(await sendSms(sms)).toEqual({ outcome: 'sent' })
    expect(await (await fetch(inbox.url)).text()).toContain('+4915112345678')
  })

  it('finds links and codes, and takes no part of one for the other', () => {
    const text = `${link}\nuse 482913, not 12 or 2030-01-15\n@auth.test #111111`
    expect(linksOf({ text })).toEqual([link])
    expect(codesOf({ text })).toEqual(['482913'])
  })
})

describe('who may read and write', () => {
  const host = () => new URL(inbox.url).host
  const path = () => new URL(inbox.url).pathname

  it('a page without the password does not exist', async () => {
    for (const wrong of ['/', '/x/', `${path().slice(0, -2)}/`, '/api/emails']) {
      expect(await ask(wrong, { host: host() })).toBe(404)
    }
    expect(await ask(path(), { host: host() })).toBe(200)
  })

  it('a host name that was made to point here gets nothing (DNS rebinding), with the password too', async () => {
    for (const name of ['evil.test', 'localhost', `localhost:${new URL(inbox.url).port}`]) {
      expect(await ask(path(), { host: name })).toBe(421)
    }
  })

  it('a web page of another origin gets nothing and leaves nothing', async () => {
    for (const origin of ['https://evil.test', 'null', 'http://localhost:8787']) {
      expect(await ask(path(), { host: host(), origin })).toBe(403)
      expect(await ask('/api/emails', { host: host(), origin }, 'POST')).toBe(403)
    }
  })

  it('nobody sends without the key', async () => {
    expect(await ask('/api/emails', { host: host() }, 'POST')).toBe(401)
    expect(await ask('/api/emails', { host: host(), authorization: 'Bearer x' }, 'POST')).toBe(401)
  })

  it('the address of the page reaches nobody: no referrer, no cache, no frame around it', async () => {
    const { headers } = await fetch(inbox.url)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })
})

it('the bundle that is deployed holds nothing of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authly-bundle-'))
  try {
    execFileSync(process.execPath, [join(projectRoot, 'scripts/stack/build-worker.mjs'), folder])
    const files = (await readdir(folder)).filter((name) => name.endsWith('.js'))
    expect(files.length).toBeGreaterThan(5)
    for (const name of files) {
      const text = await readFile(join(folder, name), 'utf8')
      expect(text, name).not.toMatch(/inbox/i)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
