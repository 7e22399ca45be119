/** `GET|POST /login`: the steps of signing in, for an application's authorization request or for the account page. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import type { Interaction } from '../interaction/interaction.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { resumePath } from '../pages/load-interaction.ts'
import { goTo } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { Parameters as FormParameters } from '../protocol/parameters.ts'
import type { LiveSession } from '../sessions/session.ts'
import { count } from '../telemetry/count.ts'
import { cutIdentifier } from '../users/identifier-length.ts'
import { accountName } from './account-name.ts'
import { stepUp } from './begin-step-up.ts'
import { goOn, goToStep, leave, leaveUnmet } from './leave-sign-in.ts'
import {
  isSignedInMeanwhile,
  nextStepOf,
  type OpenSignIn,
  openSignIn,
  readPendingOf,
  showLost,
} from './open-sign-in.ts'
import { readBrowser } from './read-browser.ts'
import { readSignals } from './read-signals.ts'
import { refusalOf, showStep } from './show-step.tsx'
import { findStep } from './steps/index.ts'
import type { Step, StepOutcome } from './steps/step.ts'

const path = '/login'
const tag = 'Sign-in'
const lost = 'The login in progress has expired or belongs to another browser'

export const signInRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showSignIn',
      method: 'get',
      path,
      summary: 'Page of the next step of a sign-in',
      tag,
      responses: {
        200: 'The form',
        303: 'Nothing to do here: continues at authorize',
        400: lost,
        403: 'What the deployment demands cannot be reached by this account',
      },
    },
    async (c) => {
      const opened = await openSignIn(c, (name) => c.req.query(name))
      return opened.ok ? show(c, opened.value) : opened.error
    },
  )
  .describe(
    {
      id: 'signIn',
      method: 'post',
      path,
      summary: 'Takes a step of a sign-in',
      tag,
      responses: {
        303: 'The next step, or signed in: continues at the application or the account page',
        ...pageFormRefusals,
        400: 'What was sent is not correct, a field is missing, or the sign-in has expired',
        409: 'What the step would change has been changed elsewhere',
        429: 'Too many attempts',
        503: 'Too many password checks are running; nothing was tried',
      },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      return takeForm(c, form.value)
    },
  )

/** Takes the step that a form of a sign-in is for, and answers with what comes next. */
export async function takeForm(c: Context<AppEnv>, form: FormParameters): Promise<Response> {
  const read = (name: string) => form.get(name)
  const step = findStep(stepIdOf(form))
  const opened = await openSignIn(c, read, step)
  if (!opened.ok) return opened.error
  const signIn = withIdentifier(opened.value, form)
  const outcome = await take(c, signIn, step, form)
  return outcome instanceof Response ? outcome : showLost(c, read, signIn.loaded)
}

async function show(c: Context<AppEnv>, opened: OpenSignIn): Promise<Response> {
  const { loaded, pending } = opened
  if (pending) return showNext(c, opened)
  const session =
    c.req.query('as') === 'another' ? undefined : await findLiveSession(c.env.deps, c.req.header('cookie'))
  if (!session) return showNext(c, opened)
  const step = findStep(c.req.query('step'))
  if (step?.kind === 'offer') return showStep(c, opened, { step, alternatives: [], session })
  if (loaded && !loaded.interaction.login_because) {
    // Authorize ran when nobody was signed in. Let it check again which step is missing.
    return goTo(`${resumePath}?interaction=${loaded.sealed}`)
  }
  return showToSignedIn(c, opened, session)
}

/** Somebody is signed in, and must prove it again, prove more, or is asked for another account. */
async function showToSignedIn(
  c: Context<AppEnv>,
  opened: OpenSignIn,
  session: LiveSession,
): Promise<Response> {
  const { because, recovers } = opened.policy
  // A recovery begins with its own proof: what the session has proven does not count.
  if (because === 'stronger' && !recovers) {
    const up = await stepUp(c, opened)
    if (up.status === 'begun') return showNext(c, up.signIn)
    if (up.status === 'enough') return leave(c, opened, triedStronger(opened, session))
    return showNext(c, opened)
  }
  const user = await c.env.deps.findUser(session.user_id)
  const identifier = because === 'again' ? (user?.email ?? user?.username) : undefined
  const signIn = identifier ? { ...opened, progress: { identifier, ...opened.progress } } : opened
  return showNext(c, signIn, user && accountName(user, user.id))
}

/** What authorize learns of a session that has nothing more to prove. What another one did does not count for it. */
function triedStronger({ loaded }: OpenSignIn, { session_id }: LiveSession): Partial<Interaction> {
  const { interaction } = loaded ?? {}
  const done = interaction?.session_id === session_id ? interaction.prompt_done : {}
  return { session_id, prompt_done: { ...done, stronger: true } }
}

async function showNext(c: Context<AppEnv>, opened: OpenSignIn, signedIn?: string): Promise<Response> {
  const next = nextStepOf(opened)
  if (next.status === 'unreachable') return leaveUnmet(c, opened)
  const ids = idsOf(next)
  const wanted = c.req.query('step')
  const id = wanted !== undefined && ids.includes(wanted) ? wanted : next.step
  const step = findStep(id) as Step
  // Only known notices, so that a crafted link cannot put text on the page.
  const { passwordSaved, passkeySaved } = opened.page.messages
  const done = c.req.query('done')
  const notice = done === 'password' ? passwordSaved : done === 'passkey' ? passkeySaved : undefined
  const alternatives = ids.filter((other) => other !== id)
  return showStep(c, opened, { step, alternatives, signedIn, notice })
}

/** Pages that name the account send it along with what proves it: one form, for browsers that fill in both. */
function withIdentifier(signIn: OpenSignIn, form: FormParameters): OpenSignIn {
  const identifier = form.get('identifier')
  if (signIn.progress.pending || identifier === undefined) return signIn
  return { ...signIn, progress: { ...signIn.progress, identifier: cutIdentifier(identifier) } }
}

/** Whoever sends the password at once needs no page for it. */
function stepIdOf(form: FormParameters): string {
  const id = form.get('step') ?? 'identifier'
  const isComplete = form.get('identifier') !== undefined && form.get('password') !== undefined
  return id === 'identifier' && isComplete ? 'password' : id
}

/** @returns undefined when the sign-in is lost */
async function take(
  c: Context<AppEnv>,
  signIn: OpenSignIn,
  step: Step | undefined,
  form: FormParameters,
): Promise<Response | undefined> {
  const { deps, origin } = c.env
  const next = nextStepOf(signIn)
  if (next.status === 'unreachable') return leaveUnmet(c, signIn)
  const session = step?.kind === 'offer' ? await findLiveSession(deps, c.req.header('cookie')) : undefined
  // A page from before (back button, another tab): the step that is due is shown instead.
  if (!step || !(session || mayBeTaken(step, signIn, next))) return goToStep(c, signIn)
  const browser = await readBrowser(c)
  const outcome = await step.attempt(deps, {
    ...{ form, browser, session, origin },
    progress: signIn.progress,
    pending: signIn.pending,
    policy: signIn.policy,
    settings: signIn.settings,
    signals: readSignals(c.req.raw, origin),
  })
  count('authly_sign_ins_total', 1, step.id, countedAs(outcome))
  switch (outcome.status) {
    case 'done':
      return goOn(c, signIn, outcome, { browser, step: step.id })
    case 'next': {
      // The page of the next step would only lead there.
      const isOver = session ?? (signIn.loaded && (await isSignedInMeanwhile(c, signIn.loaded)))
      return isOver
        ? leave(c, signIn, {}, outcome.cookies)
        : goToStep(c, { ...signIn, progress: outcome.progress }, outcome.step)
    }
    case 'lost':
      return undefined
    default:
      return showAgain(c, signIn, { step, session, outcome })
  }
}

function mayBeTaken(step: Step, signIn: OpenSignIn, next: DueSteps): boolean {
  const { progress, pending } = signIn
  if (progress.pending && !pending) return step.checksPending === true
  const isFirst = step.kind === 'identify' && !pending
  return isFirst || idsOf(next).includes(step.id)
}

type DueSteps = Extract<ReturnType<typeof nextStepOf>, { readonly status: 'step' }>

const idsOf = ({ step, alternatives }: DueSteps): readonly string[] => [step, ...alternatives]

interface Refused {
  readonly step: Step
  readonly session: LiveSession | undefined
  readonly outcome: Parameters<typeof refusalOf>[1]
}

/** The page of a step that was refused. @returns undefined when the sign-in is lost */
async function showAgain(
  c: Context<AppEnv>,
  unread: OpenSignIn,
  { step, session, outcome }: Refused,
): Promise<Response | undefined> {
  const signIn = await readPendingOf(c, unread)
  if (!signIn) return undefined
  const next = nextStepOf(signIn)
  if (next.status === 'unreachable') return leaveUnmet(c, signIn)
  const alternatives = idsOf(next).filter((id) => id !== step.id)
  const refusal = refusalOf(signIn.page, outcome)
  const progress = (outcome.status === 'refused' && outcome.progress) || signIn.progress
  return showStep(c, { ...signIn, progress }, { step, alternatives, session, refusal })
}

function countedAs(outcome: StepOutcome): string {
  if (outcome.status !== 'done') return outcome.status
  return outcome.advanced.status === 'signed_in' ? 'success' : 'next'
}
