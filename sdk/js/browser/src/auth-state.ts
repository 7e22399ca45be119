import type { AuthlyError, IdTokenClaims } from '@authly-server/core'

export type AuthState =
  | { readonly status: 'loading' }
  | {
      readonly status: 'signed_out'
      /** Why a session is over: somebody signed out, here or in another tab, or the server ended it. */
      readonly reason?: 'signed_out' | 'session_ended'
      /** Why a sign-in failed. */
      readonly error?: AuthlyError
    }
  | {
      readonly status: 'signed_in'
      readonly user: IdTokenClaims
      readonly scope: string
      /** Why another sign-in failed, which left this session as it was. */
      readonly error?: AuthlyError
    }

export interface StateHolder {
  readonly get: () => AuthState
  readonly set: (state: AuthState) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** The state stays the same object until it says something else: that is what `useSyncExternalStore` needs. */
export function holdState(): StateHolder {
  let state: AuthState = { status: 'loading' }
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set(next) {
      if (meaning(next) === meaning(state)) return
      state = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Every refresh brings an ID token with other times, which is no news. */
const times = new Set(['iat', 'exp', 'nonce', 'at_hash'])

const meaning = (state: AuthState): string =>
  JSON.stringify(state, (key, value) => (times.has(key) ? undefined : value)) +
  ('error' in state ? state.error?.message : '')
