/** How a browser got where it is: the redirects of every navigation, as the network saw them. */
import type { Page, Request } from 'playwright-core'

/** More than these and people wait, or a loop is near. */
export const mostRedirects = 2

export interface Navigations {
  /** The address that was asked for and those it was redirected to, of every navigation with more than `mostRedirects`. */
  readonly tooLong: readonly (readonly string[])[]
  /** Of the longest chain so far. */
  readonly longest: number
  /** How many there were. */
  readonly count: number
}

/** Counts from now on. Redirects of other servers, such as the application's own, are not counted. */
export function watchNavigations(page: Page, issuer: string): Navigations {
  const tooLong: string[][] = []
  const seen = { tooLong, longest: 0, count: 0 }
  page.on('request', (request) => {
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return
    if (!request.redirectedFrom()) seen.count += 1
    const chain = chainOf(request)
    const redirects = chain.slice(0, -1).filter((url) => url.startsWith(issuer)).length
    seen.longest = Math.max(seen.longest, redirects)
    if (redirects > mostRedirects) tooLong.push(chain.map((url) => url.replace(/=[^&]{40,}/g, '=…')))
  })
  return seen
}

function chainOf(request: Request): readonly string[] {
  const before = request.redirectedFrom()
  return [...(before ? chainOf(before) : []), request.url()]
}
