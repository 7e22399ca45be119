/** Reads what a request to `/login` says about its sign-in. */
import type { Context } from 'hono'
import { decideNextStep, type NextStep } from '../authentication/decide-next-step.ts'
import { nextPathOf } from '../authentication/fresh-sign-in.ts'
import { policyOf, type SignInDemands } from '../authentication/sign-in-policy.ts'
import type { SignInPolicy, SignInState } from '../authentication/sign-in-state.ts'
import type { Client } from '../clients/client.ts'
import type { AppEnv } from '../dependencies.ts'
import { readBrowserBindings } from '../interaction/browser-binding.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import {
  beginProgress,
  openProgress,
  renewProgress,
  type SignInProgress,
} from '../interaction/sign-in-progress.ts'
import { readUsedPasskey } from '../interaction/used-passkey-cookie.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type ErrorPage, renderErrorPage } from '../pages/error-page.tsx'
import { type LoadedInteraction, loadInteraction, resumePath } from '../pages/load-interaction.ts'
import { hostOf } from '../pages/lost-interaction.ts'
import { type FormPage, goTo, openFormPage, withScript } from '../pages/page.ts'
import { possibleCredentials } from '../passkeys/possible-credentials.ts'
import { type PendingView, stateOf } from '../sessions/pending-sign-in.ts'
import type { Settings } from '../settings/settings.ts'
import { demandsOf } from './request-demands.ts'
import { steps } from './steps/index.ts'
import type { Step } from './steps/step.ts'
import { loginPath } from './steps/step-form.tsx'

/** A sign-in as far as it has come. */
export interface OpenSignIn {
  /** With the script: for passkeys, and to show a password. */
  readonly page: FormPage
  readonly loaded: LoadedInteraction | undefined
  readonly client: Client | undefined
  readonly progress: SignInProgress
  readonly pending: PendingView | undefined
  readonly policy: SignInPolicy
  readonly settings: Settings
  /** Whether somebody has signed in with a passkey in this browser. */
  readonly used_passkey: boolean
}

/** By name: of the query, or of the form. */
export type ReadParameter = (name: string) => string | undefined

/**
 * The sign-in, or the page that says why it cannot go on. Without a proven factor it costs no I/O.
 * @param step that takes it: some check what is pending themselves, and it stays unread
 */
export async function openSignIn(
  c: Context<AppEnv>,
  read: ReadParameter,
  step?: Step,
): Promise<Result<OpenSignIn, Response>> {
  const loaded = await loadInteraction(c, read('interaction'))
  if (!loaded.ok) return loaded
  const { deps } = c.env
  const [page, settings, client] = await Promise.all([
    openFormPage(c, loaded.value?.interaction.ui_locales),
    deps.readSettings(),
    loaded.value && deps.findClient(loaded.value.interaction.client_id),
  ])
  const progress = await readProgress(c, read, page.browser, loaded.value?.interaction.id)
  if (!progress) return err(await showLost(c, read, loaded.value))
  const isRead = progress.pending !== undefined && !step?.checksPending
  const pending = isRead ? await findPending(c, progress) : undefined
  if (isRead && !pending) return err(await showLost(c, read, loaded.value))
  const can = {
    possible: possibleCredentials(deps.config, settings),
    can_send_email: deps.config.delivery.email !== undefined,
    can_send_sms: deps.config.delivery.sms !== undefined,
  }
  const policy = pending?.policy ?? policyFor({ settings, client, progress, loaded: loaded.value, ...can })
  const used_passkey = readUsedPasskey(deps.config, c.req.header('cookie'))
  return ok({
    ...{ page: withScript(page), loaded: loaded.value, client, settings },
    ...{ progress, pending, policy, used_passkey },
  })
}

/** The sign-in with what is pending in the person's object; undefined when it is gone. */
export async function readPendingOf(c: Context<AppEnv>, signIn: OpenSignIn): Promise<OpenSignIn | undefined> {
  if (signIn.pending || !signIn.progress.pending) return signIn
  const pending = await findPending(c, signIn.progress)
  return pending && { ...signIn, pending, policy: pending.policy }
}

/** Undefined: of another browser, of another authorization request, or damaged. */
async function readProgress(
  c: Context<AppEnv>,
  read: ReadParameter,
  browser: string,
  interaction: string | undefined,
): Promise<SignInProgress | undefined> {
  const { config, root, now } = c.env.deps
  const sealed = read('sign_in')
  if (sealed === undefined) {
    const because = read('because')
    const purpose = {
      next: nextPathOf(read('next')),
      because: because === 'again' || because === 'stronger' ? because : undefined,
      acr: read('acr')?.slice(0, 100),
    } as const
    return beginProgress(browser, { ...purpose, interaction }, now())
  }
  const cookies = readBrowserBindings(config, c.req.header('cookie'))
  const opened = await openProgress(root, sealed, cookies, now())
  if (opened.status === 'unreadable') return undefined
  // Attack: what one application demands is met by a sign-in that was begun for another one, which demands less.
  if (opened.progress.interaction !== interaction) return undefined
  // What is pending ends with its row in the person's object: nobody proves a factor twice for having been slow before it.
  const isOpen = opened.status === 'open' || opened.progress.pending !== undefined
  return isOpen ? opened.progress : renewProgress(opened.progress, now())
}

async function findPending(
  { env: { deps } }: Context<AppEnv>,
  { pending }: SignInProgress,
): Promise<PendingView | undefined> {
  if (!pending) return undefined
  const { user_id, pending_id, secret_hash } = pending
  return deps.sessionsOf(user_id).readPending({ now: deps.now(), pending_id, secret_hash })
}

function policyFor({
  settings,
  client,
  progress,
  loaded,
  ...can
}: Pick<OpenSignIn, 'settings' | 'client' | 'progress' | 'loaded'> &
  Pick<SignInDemands, 'possible' | 'can_send_email' | 'can_send_sms'>): SignInPolicy {
  const because = loaded ? loaded.interaction.login_because : progress.because
  const { acr, recovers } = progress
  if (loaded) {
    const request = demandsOf(loaded.interaction, client)
    return policyOf({ settings, client, request, ...can, recovers, because })
  }
  const asks_anew = because === 'again'
  const request = { acr_values: [], essential_acr: acr ? [acr] : [], scopes: [], asks_anew }
  return policyOf({ settings, request, ...can, recovers, because })
}

/**
 * The page of a sign-in that cannot go on: what it had proven is lost, or was another browser's. Whoever is signed in
 * meanwhile goes on: authorize knows whether all is done (back button, another tab).
 */
export const showLost = async (
  c: Context<AppEnv>,
  read: ReadParameter,
  loaded: LoadedInteraction | undefined,
): Promise<Response> => {
  if (loaded && (await isSignedInMeanwhile(c, loaded))) {
    return goTo(`${resumePath}?interaction=${loaded.sealed}`)
  }
  const sentCookies = readBrowserBindings(c.env.deps.config, c.req.header('cookie')).length > 0
  const href = loginPath({ interaction: loaded?.sealed, next: loaded ? undefined : nextPathOf(read('next')) })
  return renderErrorPage(c, {
    status: 400,
    ...(sentCookies ? expired : { message: (messages) => messages.noCookie(hostOf(c)) }),
    waysOn: (messages) => [{ href, label: messages.startAgain }],
    uiLocales: loaded?.interaction.ui_locales,
  })
}

const expired: Pick<ErrorPage, 'title' | 'message'> = {
  title: (messages) => messages.signInExpiredTitle,
  message: (messages) => messages.signInExpired,
}

/** In another tab, or before the person came back. Authorize then decides. */
export const isSignedInMeanwhile = async (
  c: Context<AppEnv>,
  { interaction }: LoadedInteraction,
): Promise<boolean> =>
  interaction.login_because === undefined &&
  (await findLiveSession(c.env.deps, c.req.header('cookie'))) !== undefined

const stateOfSignIn = ({ progress, pending, used_passkey }: OpenSignIn): SignInState =>
  pending
    ? stateOf(pending)
    : {
        identifier: progress.identifier,
        proofs: [],
        account: undefined,
        browser: { used_passkey, is_remembered: false },
        actions_done: [],
        risk: undefined,
      }

/** What comes next. A sign-in that is complete without a session waits for the person to make room for one. */
export function nextStepOf(signIn: OpenSignIn): Exclude<NextStep, { readonly status: 'done' }> {
  const next = decideNextStep(steps, stateOfSignIn(signIn), signIn.policy)
  return next.status === 'done' ? { status: 'step', step: 'make_room', alternatives: [] } : next
}
