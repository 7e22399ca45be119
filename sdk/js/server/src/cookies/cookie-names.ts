import type { BaseUrl } from '../configuration/base-url.ts'

export interface CookieNames {
  readonly session: string
  /** Of one attempt to sign in; each browser tab has its own. */
  readonly transaction: (state: string) => string
  readonly transactionPrefix: string
}

/**
 * `__Host-` makes the browser refuse the cookie from another host, also from a subdomain, and over http (RFC 6265bis
 * §4.1.3.2): nobody can plant a session of theirs. Without https there is no such prefix; the port then keeps
 * applications on this machine apart, since cookies do not know ports.
 */
export function createCookieNames({ origin, isSecure }: BaseUrl): CookieNames {
  const { port } = new URL(origin)
  const session = isSecure ? '__Host-authly' : ['authly', ...(port ? [port] : [])].join('_')
  const transactionPrefix = `${session}-tx.`
  // Only what base64url has gets into a name: `state` comes from an address that anybody can write.
  const transaction = (state: string) => transactionPrefix + state.replace(/[^\w-]/g, '').slice(0, 22)
  return { session, transaction, transactionPrefix }
}
