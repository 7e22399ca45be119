/** `GET|POST /register`: a person makes an account, for an application's authorization request or for the account page. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { redirectUriOf } from '../interaction/interaction.ts'
import { registrationPath } from '../interaction/register-path.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { type StepRefusal, waitOf } from '../login/show-step.tsx'
import { formTargets } from '../pages/form-targets.ts'
import { goTo, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { Parameters } from '../protocol/parameters.ts'
import { count } from '../telemetry/count.ts'
import { openChallenge } from './challenge/index.ts'
import { turnstileOrigin } from './challenge/turnstile.ts'
import { enter } from './enter.ts'
import { type OpenRegistration, openRegistration } from './open-registration.ts'
import { RegisterPage } from './register.page.tsx'
import { sealRegistration } from './registration-progress.ts'
import { dueStep } from './steps/index.ts'
import type { RegistrationOutcome } from './steps/registration-step.ts'

const path = registrationPath
const tag = 'Sign-in'
const closed = 'People cannot register here'

export const registerRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showRegistration',
      method: 'get',
      path,
      summary: 'Page of the next step of making an account',
      spec: 'Initiating User Registration via OpenID Connect 1.0',
      tag,
      responses: {
        200: 'The form',
        400: 'What was begun has expired or belongs to another browser',
        403: closed,
      },
    },
    async (c) => {
      const opened = await openRegistration(c, (name) => c.req.query(name))
      return opened.ok ? show(c, opened.value) : opened.error
    },
  )
  .describe(
    {
      id: 'register',
      method: 'post',
      path,
      summary: 'Takes a step of making an account',
      tag,
      responses: {
        200: 'The same form, with a challenge for the browser',
        303: 'The next step, or signed in: continues at the application or the account page',
        ...pageFormRefusals,
        400: 'What was sent is not correct, a field is missing, or what was begun has expired',
        403: closed,
        429: 'Too many attempts',
        503: 'Too many passwords are being hashed; nothing was done',
      },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      const opened = await openRegistration(c, (name) => form.value.get(name))
      return opened.ok ? take(c, opened.value, form.value) : opened.error
    },
  )

async function take(c: Context<AppEnv>, opened: OpenRegistration, form: Parameters): Promise<Response> {
  const { deps, origin } = c.env
  const { page, settings, progress, client, loaded } = opened
  const step = dueStep(progress, settings)
  // A page from before (back button, another tab): the step that is due is shown instead.
  if (form.get('step') !== step.id) return goToStep(c, opened)
  const challenge = openChallenge(deps)
  const outcome = await step.attempt(deps, { form, progress, page, settings, challenge, client, origin })
  count('authly_registrations_total', 1, step.id, outcome.status)
  switch (outcome.status) {
    case 'registered':
      return enter(c, opened, form, outcome.account)
    case 'next':
      return goToStep(c, { ...opened, progress: outcome.progress })
    default: {
      const refused = outcome.status === 'refused' ? outcome.progress : undefined
      const formAddress = `${path}?${await queryOf(c, { loaded, progress })}`
      const shown = { ...opened, page: { ...page, formAddress }, progress: refused ?? progress }
      return show(c, shown, { form, outcome })
    }
  }
}

interface Again {
  readonly form: Parameters
  readonly outcome: Exclude<RegistrationOutcome, { readonly status: 'registered' | 'next' }>
}

async function show(c: Context<AppEnv>, opened: OpenRegistration, again?: Again): Promise<Response> {
  const { deps } = c.env
  const { page, loaded, settings, progress, client } = opened
  const step = dueStep(progress, settings)
  const answer = again && answerOf(opened, again.outcome)
  const props = {
    ...{ page, settings, progress, interaction: loaded?.sealed, typed: again?.form },
    signUp: await sealRegistration(deps.root, progress),
    challenge: again?.outcome.status === 'challenged' ? again.outcome.challenge : undefined,
    problems: answer?.problems ?? [],
  }
  const shown = { ...props, prepared: await step.prepare?.(deps, props) }
  const redirectUri = loaded && redirectUriOf(loaded.interaction)
  return sendPage(c, page, <RegisterPage {...{ step, shown, client, redirectUri }} />, {
    ...{ status: answer?.status, headers: answer?.headers, refusal: answer?.reason },
    formTargets: loaded && formTargets(loaded.interaction),
    foreignScript: props.challenge?.kind === 'turnstile' ? turnstileOrigin : undefined,
  })
}

/** How a step that did not succeed is answered. */
function answerOf(
  { page }: OpenRegistration,
  outcome: Again['outcome'],
): Pick<StepRefusal, 'status' | 'problems' | 'headers'> & { readonly reason?: string } {
  switch (outcome.status) {
    case 'refused':
      return { status: 400, problems: outcome.problems, reason: outcome.reason }
    case 'challenged':
      return { status: 200, problems: [] }
    default:
      return waitOf(page, outcome)
  }
}

const goToStep = async (c: Context<AppEnv>, opened: OpenRegistration): Promise<Response> =>
  goTo(`${path}?${await queryOf(c, opened)}`)

/** What names the step's page. */
async function queryOf(
  c: Context<AppEnv>,
  { loaded, progress }: Pick<OpenRegistration, 'loaded' | 'progress'>,
): Promise<URLSearchParams> {
  const sign_up = await sealRegistration(c.env.deps.root, progress)
  return new URLSearchParams({ ...(loaded && { interaction: loaded.sealed }), sign_up })
}
