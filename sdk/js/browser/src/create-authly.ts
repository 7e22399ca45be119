import { AuthlyError } from '@authly-server/core'
import { type AuthState, holdState } from './auth-state.ts'
import { authorizedFetch } from './authorized-fetch.ts'
import { finishSignIn, takeResponse } from './finish-sign-in.ts'
import { type AuthlyOptions, type Settings, settingsOf } from './options.ts'
import { connectServer, type Server } from './server.ts'
import { keepSession, type SessionKeeper } from './session-keeper.ts'
import { type BrowserSignInOptions, beginSignIn } from './sign-in.ts'
import { type SignOutOptions, signOut, takePathAfterSignOut } from './sign-out.ts'
import { openStorage, type Storage } from './storage.ts'
import { connectTabs } from './tabs.ts'

export interface AccessTokenOptions {
  /** Default: the first of the sign-in's. */
  readonly resource?: string
  /** Also when the present token has not expired. */
  readonly forceRefresh?: boolean
}

export interface Authly {
  /**
   * Restores the session, or finishes the sign-in that this page comes back from. Once, however often it is called. What
   * goes wrong is in the state.
   */
  readonly start: () => Promise<AuthState>
  readonly state: AuthState
  /** @returns what ends the subscription */
  readonly subscribe: (listener: () => void) => () => void
  /** Leaves the page. Takes a {@link StepUpRequired} too. */
  readonly signIn: (options?: BrowserSignInOptions) => Promise<void>
  readonly getAccessToken: (options?: AccessTokenOptions) => Promise<string>
  /** As the browser's `fetch`, with a token, for the allowed origins. */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>
  readonly signOut: (options?: SignOutOptions) => Promise<void>
}

interface Running {
  readonly settings: Settings
  readonly storage: Storage
  readonly server: Server
  readonly keeper: SessionKeeper
}

/** Nothing of it touches the page before `start`, so that it may be called where there is none (server rendering). */
export function createAuthly(options: AuthlyOptions): Authly {
  const state = holdState()
  let starting: Promise<Running> | undefined

  function running(): Promise<Running> {
    starting ??= begin()
    return starting
  }

  async function begin(): Promise<Running> {
    const settings = settingsOf(options)
    const response = takeResponse(settings)
    const storage = await openStorage(settings)
    const server = connectServer(settings)
    const tabs = connectTabs(settings)
    const keeper = keepSession(settings, storage, server, tabs, state)
    tabs.onNews((news) => void keeper.onNews(news))
    watchPage(keeper)
    const path = takePathAfterSignOut(settings)
    if (response === undefined) await keeper.restore()
    else {
      const finished = await finishSignIn(settings, storage, server, response)
      if ('session' in finished) await keeper.begin(finished.session)
      else await keeper.restore({ error: finished.error })
      settings.navigate(finished.returnTo)
    }
    if (path !== undefined) settings.navigate(path)
    keeper.lookAhead()
    return { settings, storage, server, keeper }
  }

  return {
    get state() {
      return state.get()
    },
    subscribe: state.subscribe,
    async start() {
      if (typeof document === 'undefined') return state.get()
      await running().catch((error: unknown) => {
        if (!(error instanceof AuthlyError)) throw error
        state.set({ status: 'signed_out', error })
      })
      return state.get()
    },
    async signIn(asked = {}) {
      const { settings, storage, server } = await running()
      await beginSignIn(settings, storage, server, asked).catch((error: unknown) => {
        const present = state.get()
        if (error instanceof AuthlyError && present.status !== 'loading') state.set({ ...present, error })
        throw error
      })
    },
    async getAccessToken({ resource, forceRefresh = false } = {}) {
      const { keeper } = await running()
      const { token } = await keeper.token(resource)
      return forceRefresh ? (await keeper.token(resource, token.value)).token.value : token.value
    },
    async fetch(input, init) {
      const { settings, server, keeper } = await running()
      return authorizedFetch(settings, server, keeper, new Request(input, init))
    },
    async signOut(asked = {}) {
      const { settings, server, keeper } = await running()
      await signOut(settings, server, keeper, asked)
    },
  }
}

function watchPage(keeper: SessionKeeper): void {
  document.addEventListener('visibilitychange', keeper.lookAhead)
  addEventListener('online', keeper.lookAhead)
  // A page that comes back as it was left has missed what other tabs did.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void keeper.restore(keeper.current() && { reason: 'signed_out' }).then(keeper.lookAhead)
  })
}
