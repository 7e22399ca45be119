import type { Configuration } from '../configuration/configuration.ts'
import type { RequestCookies } from '../cookies/request-cookies.ts'
import type { Provider } from '../provider/provider.ts'
import type { EndedSessions } from '../session/ended-sessions.ts'
import type { SessionNeeds } from '../session/open-session.ts'
import type { SessionKeeper } from '../session/session-keeper.ts'
import type { Transactions } from './transactions.ts'

export interface RouteNeeds {
  readonly configuration: Configuration
  readonly provider: Provider
  readonly transactions: Transactions
  readonly keeper: SessionKeeper
  readonly ended: EndedSessions
  readonly sessions: SessionNeeds
  /** The answer to a sign-in that failed; what is no refusal is thrown on. */
  readonly refuse: (error: unknown, request: Request) => Promise<Response>
}

export type Serve = (needs: RouteNeeds, request: Request, cookies: RequestCookies) => Promise<Response>

export interface Route {
  readonly path: 'login' | 'callback' | 'logout' | 'backchannelLogout'
  readonly method: 'GET' | 'POST'
  readonly serve: Serve
}
