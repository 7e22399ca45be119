/** The REST API of a conformance suite, as far as a run needs it. */
import { request } from 'node:https'
import { connect } from 'node:tls'

export type Result = 'PASSED' | 'WARNING' | 'REVIEW' | 'SKIPPED' | 'FAILED' | 'UNKNOWN'

export type Module = { readonly testModule: string; readonly variant: Readonly<Record<string, string>> }

export type LogEntry = {
  readonly src: string
  readonly msg?: string
  readonly result?: string
  readonly requirements?: readonly string[]
  readonly [member: string]: unknown
}

export type Suite = {
  readonly origin: string
  /** Its TLS certificate (PEM), for whoever fetches from it. */
  readonly certificate: string
  version(): Promise<string>
  createPlan(
    name: string,
    variant: object,
    config: object,
  ): Promise<{ id: string; modules: readonly Module[] }>
  createModule(plan: string, module: Module): Promise<string>
  /** Only modules that wait for something first are not started by being made. */
  startModule(test: string): Promise<void>
  /** Of a module; `result` is of interest once it has ended. */
  read(test: string): Promise<{ status: string; result?: Result }>
  readLog(test: string): Promise<readonly LogEntry[]>
  /** What nobody has visited yet. */
  readUrls(test: string): Promise<readonly string[]>
  noteVisit(test: string, url: string): Promise<void>
  stop(test: string): Promise<void>
}

/** @param origin where the suite serves, e.g. `https://localhost:8443`; its certificate may be self-signed */
export async function openSuite(origin: string): Promise<Suite> {
  const certificate = await readCertificate(new URL(origin))
  const call = async <T>(method: string, path: string, query: object = {}, body?: object): Promise<T> => {
    const url = new URL(path, origin)
    for (const [name, value] of Object.entries(query)) {
      url.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    }
    const { status, text } = await send(url, method, certificate, body && JSON.stringify(body))
    if (status >= 400) throw new Error(`${method} ${url.pathname}: ${status} ${text.slice(0, 500)}`)
    return (/^\s*[[{]/.test(text) ? JSON.parse(text) : undefined) as T
  }
  return {
    ...{ origin, certificate },
    version: async () => (await call<{ version: string }>('GET', '/api/server')).version,
    createPlan: (planName, variant, config) => call('POST', '/api/plan', { planName, variant }, config),
    startModule: (test) => call('POST', `/api/runner/${test}`),
    createModule: async (plan, { testModule: test, variant }) =>
      (await call<{ id: string }>('POST', '/api/runner', { test, plan, variant })).id,
    read: (test) => call('GET', `/api/info/${test}`),
    readLog: (test) => call('GET', `/api/log/${test}`),
    readUrls: async (test) =>
      (await call<{ urls?: readonly string[] }>('GET', `/api/runner/browser/${test}`)).urls ?? [],
    noteVisit: (test, url) => call('POST', `/api/runner/browser/${test}/visit`, { url }),
    stop: (test) => call('DELETE', `/api/runner/${test}`),
  }
}

function send(
  url: URL,
  method: string,
  ca: string,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const outgoing = request(url, { method, ca: [ca], headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Trusted on first use: the suite is of whoever starts the run. */
function readCertificate({ hostname, port }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port: Number(port || 443), servername: hostname }
    const socket = connect({ ...options, rejectUnauthorized: false }, () => {
      const lines =
        socket
          .getPeerCertificate()
          .raw.toString('base64')
          .match(/.{1,64}/g) ?? []
      socket.end()
      resolve(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`)
    })
    socket.on('error', reject)
  })
}
