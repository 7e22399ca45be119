/** The interface of a part of the account page. A new one is one file here and one line in `index.ts`. */
import type { Child } from 'hono/jsx'
import type { Dependencies } from '../../dependencies.ts'
import type { Messages } from '../../messages/en.ts'
import type { FormPage } from '../../pages/page.ts'
import type { LiveSession } from '../../sessions/session.ts'
import type { User } from '../../users/user.ts'

/** What a section shows itself from. */
export interface AccountView {
  /** With the script. */
  readonly page: FormPage
  readonly deps: Dependencies
  readonly session: LiveSession
  /** Read once for all sections. */
  readonly user: Promise<User | undefined>
  /** IANA name. */
  readonly timeZone: string
}

export interface AccountSection {
  /**
   * Notices that a redirect to `/account?done=…` may name. Only known ones, so that a crafted link cannot put text
   * on the page.
   */
  readonly notices?: Readonly<Record<string, (messages: Messages) => string>>
  /** Reads what it needs and renders it; sections do so side by side. Null when there is nothing to show. */
  readonly show: (view: AccountView) => Promise<Child>
}
