/** The part of RFC 6265 that a browser applies to one user's cookies. Ports do not separate cookies (§8.5). */

export type StoredCookie = {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  /** Attribute names in lower case, e.g. `httponly`, `secure`, `samesite`. */
  readonly attributes: ReadonlyMap<string, string>
}

export type CookieJar = {
  /** Keeps the cookies of a response; `Max-Age=0` and past `Expires` remove. */
  store(url: URL, setCookies: readonly string[]): void
  /** The `Cookie` header for a request, or undefined. */
  header(url: URL): string | undefined
  get(name: string): StoredCookie | undefined
  all(): readonly StoredCookie[]
  clear(): void
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, StoredCookie>()

  const isExpired = (attributes: ReadonlyMap<string, string>): boolean => {
    const maxAge = attributes.get('max-age')
    if (maxAge !== undefined) return Number(maxAge) <= 0
    const expires = attributes.get('expires')
    return expires !== undefined && Date.parse(expires) <= Date.now()
  }

  return {
    store(url, setCookies) {
      for (const line of setCookies) {
        const [pair = '', ...rest] = line.split(';')
        const equals = pair.indexOf('=')
        const name = pair.slice(0, equals).trim()
        const attributes = new Map(
          rest.map((attribute) => {
            const [key = '', value = ''] = attribute.split('=')
            return [key.trim().toLowerCase(), value.trim()] as const
          }),
        )
        const path = attributes.get('path') ?? '/'
        const key = `${url.hostname} ${path} ${name}`
        if (isExpired(attributes)) cookies.delete(key)
        else
          cookies.set(key, {
            ...{ name, path, attributes },
            value: pair.slice(equals + 1).trim(),
            domain: url.hostname,
          })
      }
    },
    header(url) {
      const pairs = [...cookies.values()]
        .filter(({ domain, path, attributes }) => {
          const onPath =
            url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
          return domain === url.hostname && onPath && (!attributes.has('secure') || url.protocol === 'https:')
        })
        .map(({ name, value }) => `${name}=${value}`)
      return pairs.length > 0 ? pairs.join('; ') : undefined
    },
    get: (name) => [...cookies.values()].find((cookie) => cookie.name === name),
    all: () => [...cookies.values()],
    clear: () => cookies.clear(),
  }
}
