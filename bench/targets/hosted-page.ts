/** Pages of sign-in as a browser without JavaScript reads them. */

export interface ReadPage {
  readonly html: string
  /** The `Cookie` header that the browser sends from now on. */
  readonly cookies: string
}

export async function readPage(url: string, cookies = ''): Promise<ReadPage> {
  const response = await fetch(url, { headers: cookies ? { cookie: cookies } : {} })
  const html = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${html.slice(0, 500)}`)
  const set = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return { html, cookies: [cookies, ...set].filter(Boolean).join('; ') }
}

const attributesOf = (tag: string): Record<string, string> =>
  Object.fromEntries(
    [...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescaped(value ?? '')]),
  )

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The hidden fields and the attributes of the first form that contains `mark`. */
export function formFields(html: string, mark: string) {
  const form = html.match(/<form\b[\s\S]*?<\/form>/gi)?.find((text) => text.includes(mark))
  if (!form) throw new Error(`no form with ${mark} in: ${html.slice(0, 500)}`)
  const hidden = (form.match(/<input\b[^>]*>/gi) ?? []).map(attributesOf)
  return {
    attributes: attributesOf(/<form\b[^>]*>/i.exec(form)?.[0] ?? ''),
    fields: Object.fromEntries(
      hidden.flatMap(({ type, name, value }) =>
        type === 'hidden' && name && value !== undefined ? [[name, value] as const] : [],
      ),
    ),
  }
}
