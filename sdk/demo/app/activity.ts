/** What has happened, for people to watch: requests as the browser measured them, and what this page did. */
import { issuer } from './authly.ts'

export interface Happening {
  readonly id: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly kind: 'request' | 'event'
  readonly what: string
  /** Where a request went, and how it ended. */
  readonly detail?: string
  readonly tone?: 'good' | 'bad'
}

const key = 'demo:activity'
const most = 40
const listeners = new Set<() => void>()
let happenings: readonly Happening[] = restore()
let lastId = happenings[0]?.id ?? 0

/** Signing in leaves the page: what happened before should still be there afterwards. No token is in it. */
function restore(): readonly Happening[] {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '[]') as Happening[]
  } catch {
    return []
  }
}

export function note(happening: Omit<Happening, 'id' | 'at'> & { readonly at?: number }): void {
  const at = happening.at ?? Date.now()
  happenings = [{ ...happening, at, id: ++lastId }, ...happenings]
    .sort((one, other) => other.at - one.at)
    .slice(0, most)
  sessionStorage.setItem(key, JSON.stringify(happenings))
  for (const listener of listeners) listener()
}

export function forgetActivity(): void {
  happenings = []
  sessionStorage.removeItem(key)
  for (const listener of listeners) listener()
}

export const activity = {
  get: () => happenings,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

const words: readonly (readonly [ends: string, what: string])[] = [
  ['/.well-known/openid-configuration', 'Read what the server can do (discovery)'],
  ['/oauth/token', 'Asked for tokens'],
  ['/oauth/revoke', 'Handed the refresh token back (revocation)'],
  ['/oidc/userinfo', 'Asked who is signed in (userinfo)'],
  ['/api/notes', 'Called the demo API'],
  ['/api/private-notes', 'Called the demo API'],
]

/** The browser's own measurements: the SDK needs no hook for this. */
export function watchRequests(): void {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (entry.initiatorType !== 'fetch') continue
      const { origin, pathname } = new URL(entry.name)
      if (origin !== new URL(issuer).origin && origin !== location.origin) continue
      const what = words.find(([ends]) => pathname.endsWith(ends))?.[1] ?? 'Sent a request'
      const status = entry.responseStatus || undefined
      note({
        ...{ kind: 'request', what, at: performance.timeOrigin + entry.responseEnd },
        detail: [pathname, status, `${Math.max(1, Math.round(entry.duration))} ms`]
          .filter(Boolean)
          .join(' · '),
        ...(status !== undefined && status >= 400 ? { tone: 'bad' } : {}),
      })
    }
  })
  observer.observe({ type: 'resource', buffered: true })
}
