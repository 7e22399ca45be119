/**
 * A sign-in before its end, as it travels sealed through the browser. Until a first factor is proven this is all there
 * is of it: nothing is stored. It opens only in the browser that it was made for, and for a limited time.
 */
import type { NextPath } from '../authentication/fresh-sign-in.ts'
import { randomToken } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { type BrowserState, openState, sealState } from './browser-state.ts'

export interface SignInProgress extends BrowserState {
  /** Id of the authorization request that it is for; undefined on the way to the account page. */
  readonly interaction?: string | undefined
  /** Where the person goes after signing in without an application. */
  readonly next: NextPath
  /** Without an application: why a signed-in person signs in, and the class that is demanded. */
  readonly because?: 'again' | 'stronger' | undefined
  readonly acr?: string | undefined
  /** The person has forgotten the password: this is a recovery, where that is possible. */
  readonly recovers?: boolean | undefined
  /** The identifier as typed; says nothing about whether there is such an account. */
  readonly identifier?: string | undefined
  /** The code that was sent last, whether or not there was anybody to send it to. */
  readonly code?:
    | {
        readonly code_id: string
        /** Name of the object that knows it: it is a code for one identifier. */
        readonly destination: string
        readonly channel: 'email' | 'sms'
      }
    | undefined
  /** WebAuthn challenge, base64url, used once. */
  readonly challenge: string
  /** The sign-in in the person's object, once a factor is proven. */
  readonly pending?:
    | { readonly user_id: string; readonly pending_id: string; readonly secret_hash: string }
    | undefined
}

const purpose = 'sign-in progress'
const lifetimeSeconds = 1800

type Purpose = Pick<SignInProgress, 'next' | 'because' | 'acr' | 'interaction'>

/** @param now milliseconds since the Unix epoch */
export const beginProgress = (browser: string, purpose: Purpose, now: number): SignInProgress => ({
  ...purpose,
  browser,
  expires_at: now + lifetimeSeconds * 1000,
  challenge: randomToken(),
})

/** The same sign-in, as it was before anything was proven, for the time of another one. */
export const renewProgress = (progress: SignInProgress, now: number): SignInProgress => ({
  ...progress,
  ...beginProgress(progress.browser, progress, now),
  code: undefined,
  pending: undefined,
})

/** base64url. */
export const sealProgress = (root: RootSecret, progress: SignInProgress): Promise<string> =>
  sealState(root, purpose, progress)

export type OpenedProgress =
  | { readonly status: 'open' | 'expired'; readonly progress: SignInProgress }
  /** See `openState`. */
  | { readonly status: 'unreadable' }

/** Opens what `sealProgress` returned; for the parameters see `openState`. */
export async function openProgress(
  root: RootSecret,
  sealed: string,
  browserCookies: readonly string[],
  now: number,
): Promise<OpenedProgress> {
  const opened = await openState<SignInProgress>(root, { purpose, sealed }, browserCookies, now)
  return opened.status === 'unreadable' ? opened : { status: opened.status, progress: opened.state }
}
