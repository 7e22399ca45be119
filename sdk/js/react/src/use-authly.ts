'use client'
import type { Authly, AuthlyError, AuthState, IdTokenClaims } from '@authly-server/browser'
import { useContext, useMemo, useSyncExternalStore } from 'react'
import { AuthlyContext } from './authly-context.ts'

export interface UseAuthly extends Pick<Authly, 'signIn' | 'signOut' | 'getAccessToken' | 'fetch'> {
  readonly status: AuthState['status']
  /** The claims of the ID token, while somebody is signed in. */
  readonly user: IdTokenClaims | undefined
  readonly scope: string | undefined
  /** Why a session is over. */
  readonly reason: 'signed_out' | 'session_ended' | undefined
  /** Why a sign-in failed. */
  readonly error: AuthlyError | undefined
}

const loading: AuthState = { status: 'loading' }

/** The session, and what can be done with it. Renders again when it changes. */
export function useAuthly(): UseAuthly {
  const authly = useContext(AuthlyContext)
  if (!authly) throw new Error('useAuthly is used outside of <AuthlyProvider>')
  const state = useSyncExternalStore(
    authly.subscribe,
    () => authly.state,
    // On a server, and for the first rendering in the browser, which must be the same.
    () => loading,
  )
  return useMemo(() => {
    const { signIn, signOut, getAccessToken, fetch } = authly
    return {
      ...{ user: undefined, scope: undefined, reason: undefined, error: undefined },
      ...state,
      ...{ signIn, signOut, getAccessToken, fetch },
    }
  }, [authly, state])
}
