/**
 * An account that somebody is making, as it travels sealed through their browser. Nothing of it is stored before the
 * account is made: whoever gives up leaves nothing behind, and a flood of them costs nothing.
 */
import type { NextPath } from '../authentication/fresh-sign-in.ts'
import { type BrowserState, type OpenedState, openState, sealState } from '../interaction/browser-state.ts'
import type { RootSecret } from '../kit/root-secret.ts'

export interface RegistrationProgress extends BrowserState {
  /** Id of the authorization request that it is for; undefined on the way to the account page. */
  readonly interaction: string | undefined
  readonly next: NextPath
  /** Of the account that may be made. */
  readonly user_id: string
  readonly email: string
  /** Sent last, whether or not there is an account with this address already. */
  readonly code?: { readonly code_id: string; readonly destination: string } | undefined
  /** The code came back. */
  readonly proven?: true
  /** What the person said of themself; absent before they were asked. */
  readonly details?:
    | {
        readonly username?: string | undefined
        readonly name?: string | undefined
        readonly terms_version?: string | undefined
      }
    | undefined
}

const purpose = 'registration progress'
/** From each page on; once the code came back, from then on. */
export const registrationLifetimeMs = 1_800_000

/** base64url. */
export const sealRegistration = (root: RootSecret, progress: RegistrationProgress): Promise<string> =>
  sealState(root, purpose, progress)

/** See `openState`. */
export const openRegistrationProgress = (
  root: RootSecret,
  sealed: string,
  browserCookies: readonly string[],
  now: number,
): Promise<OpenedState<RegistrationProgress>> =>
  openState<RegistrationProgress>(root, { purpose, sealed }, browserCookies, now)
