'use client'
import type { BrowserSignInOptions } from '@authly-server/browser'
import { type ReactNode, useEffect, useRef } from 'react'
import { type UseAuthly, useAuthly } from './use-authly.ts'

interface GateProps {
  readonly children?: ReactNode
}

/** Shows its children while somebody is signed in. Hides them, no more: what must be secret, an API has to protect. */
export function SignedIn({ children }: GateProps) {
  return useAuthly().status === 'signed_in' ? children : null
}

/** Shows its children while nobody is signed in. */
export function SignedOut({ children }: GateProps) {
  return useAuthly().status === 'signed_out' ? children : null
}

export interface RequireSignInProps extends GateProps {
  /** While it is not known who is there. */
  readonly loading?: ReactNode
  /** Shown after a sign-out, the end of a session or a failed sign-in, from which a page does not leave by itself. */
  readonly signedOut?: (authly: UseAuthly) => ReactNode
  /** Of the sign-in. Default: back to the present address. */
  readonly options?: BrowserSignInOptions
}

/** Shows its children to somebody who is signed in, and leads whoever comes here without a session to the sign-in. */
export function RequireSignIn({
  children,
  loading = null,
  signedOut = askAgain,
  options,
}: RequireSignInProps) {
  const authly = useAuthly()
  const { status, reason, error, signIn } = authly
  const mayLeave = status === 'signed_out' && reason === undefined && error === undefined
  const isLeaving = useRef(false)
  useEffect(() => {
    // Effects run twice in StrictMode; a ref outlives that.
    if (!mayLeave || isLeaving.current) return
    isLeaving.current = true
    // What goes wrong is in the state.
    signIn({ replace: true, ...options }).catch(() => {
      isLeaving.current = false
    })
  }, [mayLeave, signIn, options])
  if (status === 'signed_in') return children
  return status === 'loading' || mayLeave ? loading : signedOut(authly)
}

const askAgain = ({ signIn, error }: UseAuthly): ReactNode => (
  <>
    {error && <p role="alert">{error.message}</p>}
    <button type="button" onClick={() => void signIn().catch(() => undefined)}>
      Sign in
    </button>
  </>
)
