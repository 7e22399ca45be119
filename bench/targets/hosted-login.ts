/** Signs a person in the way a browser without JavaScript does: follows redirects, fills in the form, posts it. */

/** Cookies of one browser. */
class CookieJar {
  readonly #values = new Map<string, string>()

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = (line.split(';')[0] ?? '').split(/=(.*)/s)
      if (name) this.#values.set(name, value ?? '')
    }
  }

  header(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** The `Cookie` header with nothing but the session. */
  sessionHeader(): string {
    const session = [...this.#values].find(([name]) => name.endsWith('authly_session'))
    if (!session)
      throw new Error(`no session cookie after sign-in; cookies: ${[...this.#values.keys()].join()}`)
    return session.join('=')
  }
}

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="([^"]*)"`, 'i')
    .exec(tag)?.[1]
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/**
 * The fields of the form that asks for a password, with `identifier` and `password` filled in; where it asks for the
 * identifier alone, both too, as password managers send them.
 */
function fillLoginForm(
  html: string,
  identifier: string,
  password: string,
): { action: string; fields: URLSearchParams } {
  const forms = html.match(/<form\b[\s\S]*?<\/form>/gi) ?? []
  const form =
    forms.find((text) => /type="password"/i.test(text)) ??
    forms.find((text) => /name="identifier"/i.test(text))
  if (!form) throw new Error(`no login form in: ${html.slice(0, 500)}`)
  const fields = new URLSearchParams({ password })
  for (const tag of form.match(/<input\b[^>]*>/gi) ?? []) {
    const name = attribute(tag, 'name')
    const type = attribute(tag, 'type') ?? 'text'
    if (!name || type === 'checkbox' || type === 'submit') continue
    fields.set(
      name,
      type === 'hidden' ? (attribute(tag, 'value') ?? '') : type === 'password' ? password : identifier,
    )
  }
  return { action: attribute(form, 'action') ?? '', fields }
}

/**
 * Starts at `authorizePath` and ends with a session.
 * @param base URL the worker listens on
 * @param issuer URL the worker believes it has; redirects and Origin use it
 * @returns the `Cookie` header of the session
 */
export async function signInThroughForm(
  base: string,
  issuer: string,
  authorizePath: string,
  identifier: string,
  password: string,
): Promise<string> {
  const jar = new CookieJar()
  const local = (location: string, at: string): string => {
    const url = new URL(location, new URL(at, issuer))
    return `${url.pathname}${url.search}`
  }
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), cookie: jar.header() }
    const response = await fetch(`${base}${path}`, { ...init, headers, redirect: 'manual' })
    jar.take(response)
    return response
  }
  let path = authorizePath
  let response = await send(path, {})
  for (let hop = 0; hop < 5 && response.status >= 300 && response.status < 400; hop += 1) {
    await response.arrayBuffer()
    path = local(response.headers.get('location') ?? '', path)
    response = await send(path, {})
  }
  const page = await response.text()
  if (!response.ok) throw new Error(`the login page answers ${response.status}: ${page.slice(0, 500)}`)
  const { action, fields } = fillLoginForm(page, identifier, password)
  const answer = await send(local(action || path, path), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(issuer).origin },
    body: fields.toString(),
  })
  const text = await answer.text()
  if (answer.status >= 400) throw new Error(`the login form answers ${answer.status}: ${text.slice(0, 500)}`)
  return jar.sessionHeader()
}
