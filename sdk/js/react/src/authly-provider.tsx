'use client'
import type { Authly } from '@authly-server/browser'
import { type ReactNode, useEffect } from 'react'
import { AuthlyContext } from './authly-context.ts'

export interface AuthlyProviderProps {
  /** Made once, outside of components, by `createAuthly`. */
  readonly authly: Authly
  readonly children?: ReactNode
}

/** Gives the components below it the session, which it restores when it is shown first. */
export function AuthlyProvider({ authly, children }: AuthlyProviderProps) {
  useEffect(() => {
    // Twice in StrictMode, which is once for `start`.
    void authly.start()
  }, [authly])
  return <AuthlyContext.Provider value={authly}>{children}</AuthlyContext.Provider>
}
