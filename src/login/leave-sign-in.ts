/** Where a sign-in leads: to the next step, to where the person was going, or back with an error. */
import type { Context } from 'hono'
import { decideOffer } from '../authentication/decide-next-step.ts'
import { isFresh, nextPaths } from '../authentication/fresh-sign-in.ts'
import type { AccountFactors } from '../authentication/sign-in-state.ts'
import type { AppEnv } from '../dependencies.ts'
import { newBrowserState } from '../interaction/browser-state-cookie.ts'
import { setDeviceCookie } from '../interaction/device-cookie.ts'
import { type Interaction, sealInteraction } from '../interaction/interaction.ts'
import { setRememberedCookie } from '../interaction/remembered-cookie.ts'
import { setSessionCookie } from '../interaction/session-cookie.ts'
import { sealProgress } from '../interaction/sign-in-progress.ts'
import { setUsedPasskey } from '../interaction/used-passkey-cookie.ts'
import { renderErrorPage } from '../pages/error-page.tsx'
import { resumePath, withInteraction } from '../pages/load-interaction.ts'
import { goTo } from '../pages/page.ts'
import { newChallenge } from '../passkeys/ceremony-options.ts'
import type { Session } from '../sessions/session.ts'
import { lifetimeOf } from '../sessions/session-lifetime.ts'
import type { OpenSignIn } from './open-sign-in.ts'
import { steps } from './steps/index.ts'
import type { BrowserProofs, SignInHandles, StepOutcome } from './steps/step.ts'
import { loginPath, stepPath } from './steps/step-form.tsx'

type Done = Extract<StepOutcome, { readonly status: 'done' }>

/**
 * After a step that has proven or done something.
 * @param taken.step its id
 */
export async function goOn(
  c: Context<AppEnv>,
  signIn: OpenSignIn,
  { advanced, handles, account, afterwards }: Done,
  taken: { readonly browser: BrowserProofs; readonly step: string },
): Promise<Response> {
  const { browser, step } = taken
  if (afterwards.length > 0) c.executionCtx.waitUntil(Promise.allSettled(afterwards))
  if (advanced.status !== 'signed_in') {
    // The challenge may be spent, and the next step may be another passkey.
    const progress = { ...signIn.progress, pending: handles.pending, challenge: newChallenge() }
    return goToStep(c, { ...signIn, progress })
  }
  const { session } = advanced
  if (advanced.new_device) c.env.deps.notify('notice_new_device', session.user_id, c.env.origin)
  const cookies = cookiesOf(c, signIn, { session, handles, browser })
  // A step-up does not renew the first proof: where that is too old for a change of factors, there is nothing to offer,
  // and the page would only redirect once more.
  const maxAgeSeconds = signIn.settings['sign_in.factor_change_max_age_seconds']
  const mayChange = isFresh(session, { now: c.env.deps.now(), maxAgeSeconds })
  const actions_done = [...(signIn.pending?.actions_done ?? []), step]
  const offer =
    account && mayChange ? offerAfter(signIn, session, { account, actions_done, browser }) : undefined
  if (offer === undefined) return leave(c, signIn, signedIn(session), cookies)
  const { root } = c.env.deps
  const [interaction, sign_in] = await Promise.all([
    signIn.loaded && sealInteraction(root, { ...signIn.loaded.interaction, ...signedIn(session) }),
    sealProgress(root, { ...signIn.progress, pending: undefined }),
  ])
  return goTo(loginPath({ interaction, sign_in, step: offer }), cookies)
}

/** What authorize learns of a completed sign-in. */
const signedIn = ({ session_id }: Session): Partial<Interaction> => ({
  session_id,
  // Consent given earlier in this interaction may be another user's, so it does not carry over.
  prompt_done: { login: true, select_account: true, stronger: true },
})

function cookiesOf(
  c: Context<AppEnv>,
  { settings }: OpenSignIn,
  {
    session,
    handles,
    browser,
  }: { readonly session: Session; readonly handles: SignInHandles; readonly browser: BrowserProofs },
): string[] {
  const { config, now } = c.env.deps
  const { absolute_ttl_seconds } = lifetimeOf(settings, config)
  const isRemembered = handles.remembered && session.amr.includes('mfa')
  return [
    setSessionCookie(config, handles.session, absolute_ttl_seconds),
    ...newBrowserState(config),
    setDeviceCookie(config, handles.device, browser.devices),
    ...(handles.remembered && isRemembered
      ? [setRememberedCookie(config, handles.remembered, browser.remembered, now())]
      : []),
    ...(session.proofs.some(({ step }) => step === 'passkey') ? [setUsedPasskey(config)] : []),
  ]
}

const offerAfter = (
  { policy }: OpenSignIn,
  { proofs }: Session,
  {
    account,
    actions_done,
    browser: { put_off },
  }: {
    readonly account: AccountFactors
    readonly actions_done: readonly string[]
    readonly browser: BrowserProofs
  },
): string | undefined =>
  decideOffer(
    steps.filter(({ id }) => !put_off.includes(id)),
    {
      ...{ identifier: undefined, proofs, account, actions_done, risk: undefined },
      browser: { used_passkey: false, is_remembered: false },
    },
    policy,
  )

/** To the page of the next step. */
export async function goToStep(
  c: Context<AppEnv>,
  { loaded, progress }: OpenSignIn,
  step?: string,
): Promise<Response> {
  const signIn = await sealProgress(c.env.deps.root, progress)
  return goTo(stepPath({ interaction: loaded?.sealed, signIn }, step))
}

/** To where the person was going. @param change what authorize learns */
export async function leave(
  c: Context<AppEnv>,
  { loaded, progress }: Pick<OpenSignIn, 'loaded' | 'progress'>,
  change: Partial<Interaction> = {},
  cookies: readonly string[] = [],
): Promise<Response> {
  if (!loaded) return goTo(nextPaths[progress.next], cookies)
  return goTo(await withInteraction(c, resumePath, { ...loaded.interaction, ...change }), cookies)
}

/** Nothing that this account has reaches what is demanded: the application is told, or the person. */
export async function leaveUnmet(c: Context<AppEnv>, signIn: OpenSignIn): Promise<Response> {
  if (signIn.loaded) return leave(c, signIn, { unmet: true })
  const href = loginPath({ next: signIn.progress.next, as: 'another' })
  return renderErrorPage(c, {
    status: 403,
    title: (messages) => messages.signInSteps.unreachableTitle,
    message: (messages) => messages.signInSteps.unreachable,
    waysOn: (messages) => [{ href, label: messages.startAgain }],
  })
}
