/** Sends the page of a step. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { redirectUriOf } from '../interaction/interaction.ts'
import { registerPath } from '../interaction/register-path.ts'
import { sealProgress } from '../interaction/sign-in-progress.ts'
import { formatWait } from '../messages/format-time.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { formTargets } from '../pages/form-targets.ts'
import { type FormPage, sendPage } from '../pages/page.ts'
import type { PasskeySignal } from '../pages/passkey-form.tsx'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { LiveSession } from '../sessions/session.ts'
import { isRegistrationOpen } from '../settings/registration-opening.ts'
import { leave } from './leave-sign-in.ts'
import type { OpenSignIn } from './open-sign-in.ts'
import { SignInPage } from './sign-in.page.tsx'
import { findStep } from './steps/index.ts'
import type { Step, StepOutcome } from './steps/step.ts'
import { stepPath } from './steps/step-form.tsx'

export interface ShownStep {
  readonly step: Step
  /** Ids of other steps that lead on. */
  readonly alternatives: readonly string[]
  readonly session?: LiveSession | undefined
  /** Name of the account that is signed in on this browser. */
  readonly signedIn?: string | undefined
  readonly notice?: string | undefined
  readonly refusal?: StepRefusal | undefined
}

export interface StepRefusal {
  readonly status: number
  readonly problems: readonly Problem[]
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** For the log. */
  readonly reason: string
  readonly signals?: readonly PasskeySignal[] | undefined
}

export async function showStep(
  c: Context<AppEnv>,
  opened: OpenSignIn,
  { step, alternatives, session, signedIn, notice, refusal }: ShownStep,
): Promise<Response> {
  const { deps } = c.env
  const { page, loaded, client, progress, pending, policy } = opened
  const signIn = await sealProgress(deps.root, progress)
  const interaction = loaded?.sealed
  const others = alternatives.map(findStep).filter((other) => other !== undefined)
  const beside = step.kind === 'identify' ? others.filter((other) => other.beside) : []
  const props = {
    // Where a form was refused, the choice of a language leads to the page as it is now.
    page: refusal ? { ...page, formAddress: stepPath({ interaction, signIn }, step.id) } : page,
    signals: refusal?.signals ?? [],
    ...{ interaction, signIn, progress, pending, policy, client, alternatives, session },
    redirectUri: loaded && redirectUriOf(loaded.interaction),
    hint: loaded?.interaction.login_hint,
    problems: refusal?.problems ?? [],
  }
  const prepare = async (each: Step) => ({
    step: each,
    shown: { ...props, prepared: await each.prepare?.(deps, props) },
  })
  const [own, ...alongside] = await Promise.all([prepare(step), ...beside.map(prepare)])
  // What was offered cannot be taken any more: the person goes on.
  if (step.kind === 'offer' && own.shown.prepared === undefined) return leave(c, opened)
  const isOpen = isRegistrationOpen(opened.settings, deps.config.delivery.email !== undefined, client)
  // Whoever confirms who they are has an account.
  const register = isOpen && step.kind === 'identify' && policy.because === undefined
  const html = (
    <SignInPage
      {...own}
      beside={alongside}
      others={others.filter((other) => !beside.includes(other))}
      signedIn={signedIn}
      notice={notice}
      registerPath={register ? registerPath(interaction, progress.next) : undefined}
    />
  )
  return sendPage(c, page, html, {
    status: refusal?.status ?? 200,
    headers: refusal?.headers,
    refusal: refusal?.reason,
    formTargets: loaded && formTargets(loaded.interaction),
  })
}

/** How a step that did not succeed is answered. */
export function refusalOf(
  page: FormPage,
  outcome: Extract<StepOutcome, { status: 'refused' | 'locked' | 'limited' | 'busy' }>,
): StepRefusal {
  if (outcome.status !== 'refused') return waitOf(page, outcome)
  const { httpStatus = 400, reason, signals } = outcome
  return { status: httpStatus, problems: outcome.problems(page), reason, signals }
}

/** Why a form cannot be taken now, and how long that lasts: the same for every flow of pages. */
export function waitOf(
  { language, messages }: FormPage,
  outcome: Extract<StepOutcome, { status: 'locked' | 'limited' | 'busy' }>,
): StepRefusal {
  const { status: reason } = outcome
  const seconds = reason === 'limited' ? outcome.decision.retryAfterSeconds : outcome.retryAfterSeconds
  const wait = formatWait(language.tag, seconds)
  const message = reason === 'busy' ? messages.busy(wait) : messages.tooManyAttempts(wait)
  return {
    ...{ status: reason === 'busy' ? 503 : 429, problems: [{ message }], reason },
    headers: reason === 'limited' ? rateLimitHeaders(outcome.decision) : { 'Retry-After': String(seconds) },
  }
}
