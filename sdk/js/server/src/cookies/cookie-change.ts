/** A cookie to set, or with no value one to remove. */
export interface CookieChange {
  readonly name: string
  readonly value: string | undefined
  readonly maxAgeSeconds: number
}

export const removed = (name: string): CookieChange => ({ name, value: undefined, maxAgeSeconds: 0 })

/**
 * The attributes of every cookie of this package. `Lax`: they go along when another site leads here, as Authly does
 * after a sign-in, and stay away from other sites' posts and frames.
 */
export const cookieAttributes = (isSecure: boolean) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure }) as const

/** A `Set-Cookie` line. Names and values are made by this package from characters that need no quoting. */
export const setCookie = ({ name, value = '', maxAgeSeconds }: CookieChange, isSecure: boolean): string =>
  [
    `${name}=${value}`,
    'Path=/',
    `Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ')

/**
 * Puts cookies on an answer, which no shared cache may then keep: it would hand them to other people.
 */
export function applyChanges(headers: Headers, changes: readonly CookieChange[], isSecure: boolean): void {
  if (changes.length === 0) return
  for (const change of changes) headers.append('set-cookie', setCookie(change, isSecure))
  headers.set('cache-control', 'private, no-store')
}

/** The `Cookie` header of a request as if its browser had them already. */
export function applyToRequest(header: string | null, changes: readonly CookieChange[]): string {
  const changed = new Set(changes.map(({ name }) => name))
  const kept = (header ?? '').split(';').filter((pair) => !changed.has(pair.split('=')[0]?.trim() ?? ''))
  const set = changes.flatMap(({ name, value }) => (value === undefined ? [] : [`${name}=${value}`]))
  return [...kept.map((pair) => pair.trim()), ...set].filter((pair) => pair !== '').join('; ')
}
