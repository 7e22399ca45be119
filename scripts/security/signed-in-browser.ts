/** Signs the administrator of a fresh stack in, as their browser would: for scanners that need a session. */
import { parse } from 'node-html-parser'
import type { RunningStack } from '../stack/start-stack.ts'

export type Browser = {
  /** `name=value` pairs for a `Cookie` header. */
  cookies(): string
  /** One request to the worker, behind its TLS; redirects are shown, not followed. @returns the `Location`, if any */
  get(path: string): Promise<{ status: number; location: string | undefined; html: string }>
}

/** @param issuer the https origin that the worker believes to have */
export async function signInAdministrator(stack: RunningStack, issuer: string): Promise<Browser> {
  const jar = new Map<string, string>()
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = async (path: string, body?: URLSearchParams) => {
    const response = await fetch(`http://127.0.0.1:${stack.port}${path}`, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { origin: issuer, accept: 'text/html', cookie: cookies() },
      ...(body ? { body } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (line.includes('Max-Age=0')) jar.delete(name)
      else jar.set(name, value)
    }
    const location = response.headers.get('location') ?? undefined
    return { status: response.status, location, html: await response.text() }
  }
  /** Fills in the first form of a page by what its fields say they are for. */
  const submit = async (path: string, values: Readonly<Record<string, string>>) => {
    const form = parse((await send(path)).html).querySelector('form')
    if (!form) throw new Error(`${path} has no form`)
    const body = new URLSearchParams()
    for (const input of form.querySelectorAll('input')) {
      const typed = values[input.getAttribute('autocomplete') ?? '']
      const value = typed ?? input.getAttribute('value') ?? ''
      body.append(input.getAttribute('name') ?? '', value)
    }
    return send(form.getAttribute('action') ?? path, body)
  }

  const { username = '', password = '' } = stack.admin ?? {}
  const signedIn = await submit('/login', { username, 'current-password': password })
  if (signedIn.location !== '/password')
    throw new Error(`sign-in led to ${signedIn.status} ${signedIn.location}`)
  const chosen = `purple kettle ${crypto.randomUUID()}`
  const changed = await submit('/password', { 'current-password': password, 'new-password': chosen })
  const account = await send('/account')
  if (account.status !== 200) throw new Error(`no account page after the new password: ${changed.status}`)
  return { cookies, get: (path) => send(path) }
}
