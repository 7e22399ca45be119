/** Signs the administrator of a fresh stack in, as their browser would: for scanners that need a session. */
import { type HTMLElement, parse } from 'node-html-parser'
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
  /** Fills in a form of a page by what its fields say they are for: the first that asks for something known. */
  const submit = async (path: string, values: Readonly<Record<string, string>>) => {
    const typedInto = (input: HTMLElement) => values[input.getAttribute('autocomplete')?.split(' ')[0] ?? '']
    const form = parse((await send(path)).html)
      .querySelectorAll('form')
      .find((each) => each.querySelectorAll('input').some((input) => typedInto(input) !== undefined))
    if (!form) throw new Error(`${path} has no form to fill in`)
    const body = new URLSearchParams()
    for (const input of form.querySelectorAll('input')) {
      body.append(input.getAttribute('name') ?? '', typedInto(input) ?? input.getAttribute('value') ?? '')
    }
    const answer = await send(form.getAttribute('action') ?? path, body)
    if (answer.location === undefined) throw new Error(`${path} was answered with ${answer.status}`)
    return answer.location
  }

  const { username = '', password = '' } = stack.admin ?? {}
  const passwordPage = await submit('/login', { username })
  const newPasswordPage = await submit(passwordPage, { 'current-password': password })
  await submit(newPasswordPage, { 'new-password': `purple kettle ${crypto.randomUUID()}` })
  const account = await send('/account')
  if (account.status !== 200) throw new Error(`no account page after the new password: ${account.status}`)
  return { cookies, get: (path) => send(path) }
}
