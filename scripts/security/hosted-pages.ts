/**
 * Wapiti, a scanner of web applications, over the hosted pages behind TLS: once as a stranger, once with the cookies of
 * somebody who has signed in. It crawls, then attacks every parameter and form it has found. Only loopback is reached.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findFreePort } from '../process/free-port.ts'
import { startStack } from '../stack/start-stack.ts'
import type { Finding, Scan } from './finding.ts'
import { type Browser, signInAdministrator } from './signed-in-browser.ts'
import { startTlsFront } from './tls-front.ts'
import { pythonProgram } from './tools.ts'

/** The newest for Python 3.11. */
const version = '3.2.3'
/** Without those that ask servers elsewhere (their own endpoints, databases of known software). */
const modules = [
  ...['passive', 'backup', 'crlf', 'csrf', 'exec', 'file', 'htaccess', 'ldap', 'methods', 'permanentxss'],
  ...['redirect', 'shellshock', 'sql', 'timesql', 'upload', 'xss'],
]
const many = { capacity: 1_000_000, per_seconds: 60 }
const vars = {
  AUTHLY_RATE_LIMITS: JSON.stringify({ 'login-ip': many, 'authorize-ip': many, 'password-user': many }),
}
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
/** A request of a third-party application: it leads to the sign-in page, or to consent. */
const authorize = `/oauth/authorize?${new URLSearchParams({
  client_id: 'demo-web',
  redirect_uri: 'http://localhost:8788/callback',
  response_type: 'code',
  scope: 'openid email',
  state: 'a-state',
  code_challenge: challenge,
  code_challenge_method: 'S256',
})}`
const ofStrangers = [
  '/',
  '/login',
  '/set-password?link=unknown',
  '/logout',
  '/oidc/logout',
  '/nothing-here',
  authorize,
]
const ofPeople = ['/account', '/password', '/oidc/logout?client_id=demo-web', '/login?as=another', authorize]
/** Ends the session that the scan needs. */
const endings = ['/logout', '/oidc/logout/confirm', '/account/sessions/end-others', '/account/sessions/end']

interface Report {
  readonly vulnerabilities: Readonly<Record<string, readonly Reported[]>>
  readonly anomalies: Readonly<Record<string, readonly Reported[]>>
  readonly infos: { readonly crawled_pages: readonly { readonly request: { readonly url: string } }[] }
}
interface Reported {
  readonly method: string
  readonly path: string
  readonly info: string
  readonly parameter: string | null
  readonly module: string
}

/** Starts an Authly of its own and attacks its pages. */
export async function scanHostedPages(): Promise<Scan> {
  const program = pythonProgram('wapiti', `wapiti3==${version}`)
  const folder = mkdtempSync(join(tmpdir(), 'authly-wapiti-'))
  const port = await findFreePort()
  const issuer = `https://localhost:${port}`
  const stack = await startStack({ issuer, vars })
  const front = await startTlsFront(folder, port, stack.port)
  try {
    const browser = await signInAdministrator(stack, issuer)
    const consent = (await browser.get(authorize)).location
    if (!consent?.startsWith('/consent?')) throw new Error(`no question for consent, but ${consent}`)
    const scan = (name: string, paths: readonly string[], options: readonly string[]) =>
      runWapiti(program, join(folder, name), issuer, paths, options)
    const stranger = await scan('stranger', ofStrangers, [])
    const person = await scan(
      'person',
      [...ofPeople, consent],
      [
        ...['--cookie-value', browser.cookies(), '--drop-set-cookie'],
        ...endings.flatMap((path) => ['--exclude', `${issuer}${path}`]),
      ],
    )
    const stillSignedIn = await checkStillSignedIn(browser)
    const findings = [...stranger, ...person, ...stillSignedIn]
    const rules = ['coverage', ...modules].map((module) => `wapiti/${module}`)
    return { rules: [...new Set([...rules, ...findings.map(({ rule }) => rule)])], findings }
  } finally {
    await front.close()
    await stack.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runWapiti(
  program: string,
  folder: string,
  issuer: string,
  paths: readonly string[],
  options: readonly string[],
): Promise<readonly Finding[]> {
  mkdirSync(folder)
  const output = join(folder, 'report.json')
  await promisify(execFile)(
    program,
    [
      ...['--url', `${issuer}/`, '--scope', 'domain', '--module', modules.join(','), '--format', 'json'],
      ...['--output', output, '--store-session', folder, '--store-config', folder, '--no-bugreport'],
      ...['--max-scan-time', '90', '--max-attack-time', '15', '--tasks', '4', '--timeout', '10'],
      ...['--verify-ssl', '0', '--level', '1', '--detailed-report', '2'],
      ...paths.flatMap((path) => ['--start', `${issuer}${path}`]),
      ...options,
    ],
    { cwd: folder, maxBuffer: 64 * 2 ** 20, env: { ...process.env, HOME: folder } },
  )
  const { vulnerabilities, anomalies, infos } = JSON.parse(readFileSync(output, 'utf8')) as Report
  const findings = Object.entries({ ...vulnerabilities, ...anomalies }).flatMap(([kind, reported]) =>
    reported.map((one) => toFinding(kind, one)),
  )
  // A scan that did not see a page found no fault in it either.
  const read = new Set(infos.crawled_pages.map(({ request }) => new URL(request.url, issuer).pathname))
  const unread = paths.map((path) => new URL(path, issuer).pathname).filter((path) => !read.has(path))
  return [...findings, ...unread.map((path) => coverage(`${path} was not read`))]
}

const toFinding = (kind: string, { method, path, info, parameter, module }: Reported): Finding => ({
  rule: `wapiti/${module}`,
  place: `${method} ${path.split('?')[0]}`,
  match: parameter ? `${kind}: ${parameter}` : kind,
  message: info,
})

const coverage = (message: string): Finding => ({
  rule: 'wapiti/coverage',
  place: 'hosted pages',
  match: message,
  message,
})

async function checkStillSignedIn(browser: Browser): Promise<readonly Finding[]> {
  const { status } = await browser.get('/account')
  return status === 200 ? [] : [coverage(`the session ended during the scan: /account answers ${status}`)]
}
