/** `GET|POST /consent`: the user allows or denies what an application requests (OpenID Connect Core §3.1.2.4). */
import type { Context } from 'hono'
import { isAddress } from '../clients/find-client.ts'
import type { AppEnv } from '../dependencies.ts'
import type { Interaction } from '../interaction/interaction.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { renderErrorPage } from '../pages/error-page.tsx'
import { formTargets, returnHost } from '../pages/form-targets.ts'
import { requireInteraction, resumePath, withInteraction } from '../pages/load-interaction.ts'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { LiveSession } from '../sessions/session.ts'
import { accountName } from './account-name.ts'
import { ConsentPage } from './consent.page.tsx'
import { describeConsent } from './describe-consent.ts'

const path = '/consent'
const tag = 'Sign-in'

interface ConsentQuestion {
  readonly interaction: Interaction
  readonly asked: NonNullable<Interaction['consent']>
  readonly session: LiveSession
}

export const consentRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showConsent',
      method: 'get',
      path,
      summary: 'Consent page',
      tag,
      responses: {
        200: 'What the application requests',
        303: 'Not signed in, or nothing to ask: continues at authorize',
        400: 'The login in progress has expired or belongs to another browser',
      },
    },
    async (c) => {
      const sealed = c.req.query('interaction')
      const question = await loadQuestion(c, sealed)
      return question.ok ? showPage(c, question.value, sealed as string) : question.error
    },
  )
  .describe(
    {
      id: 'decideConsent',
      method: 'post',
      path,
      summary: 'Records the decision',
      tag,
      responses: {
        303: 'Decided: continues at authorize',
        ...pageFormRefusals,
        400: 'The login in progress has expired or belongs to another browser',
      },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      const question = await loadQuestion(c, form.value.get('interaction'))
      if (!question.ok) return question.error
      const decision = form.value.get('decision')
      const mayAllow = question.value.asked.limited !== 'wholly'
      if (decision === 'allow' && mayAllow) return allow(c, question.value)
      if (decision === 'deny') return deny(c, question.value)
      const again = `${path}?interaction=${form.value.get('interaction')}`
      return renderErrorPage(c, {
        status: 400,
        message: (messages) => messages.malformedForm,
        waysOn: (messages) => [{ href: again, label: messages.openFormAgain }],
        uiLocales: question.value.interaction.ui_locales,
      })
    },
  )

/** The consent request and the session that may answer it, or the response that redirects elsewhere. */
async function loadQuestion(
  c: Context<AppEnv>,
  sealed: string | undefined,
): Promise<Result<ConsentQuestion, Response>> {
  const loaded = await requireInteraction(c, sealed)
  if (!loaded.ok) return loaded
  const { interaction } = loaded.value
  const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
  const asked = interaction.consent
  // If another user has signed in since (in another tab, on a shared browser), a click meant for the first must
  // not count for the second.
  const isAsked = session !== undefined && session.session_id === asked?.session_id
  if (!isAsked || session.password_change_required) {
    // Only authorize knows which step is missing; it redirects to the right page.
    return err(goTo(`${resumePath}?interaction=${loaded.value.sealed}`))
  }
  return ok({ interaction, asked, session })
}

async function allow(
  c: Context<AppEnv>,
  { interaction, asked, session }: ConsentQuestion,
): Promise<Response> {
  const { deps, origin } = c.env
  const { client_id } = interaction
  await keepDescribed(c, client_id, session)
  const consent = await deps.saveConsent(session.user_id, client_id, asked)
  await deps.sessionsOf(session.user_id).rememberConsent({
    now: deps.now(),
    client_id,
    session_id: session.session_id,
    user_id: session.user_id,
    ...consent,
    new_decision: true,
    origin,
  })
  return resume(c, interaction, session, {})
}

/** A consent refers to a row, which a client that its document describes has from the first of them on. */
async function keepDescribed(c: Context<AppEnv>, clientId: string, session: LiveSession): Promise<void> {
  if (!isAddress(clientId)) return
  const { findClient, keepDescribedClient } = c.env.deps
  const client = await findClient(clientId)
  if (client?.origin === 'document') await keepDescribedClient(client, session.user_id, c.env.origin)
}

async function deny(c: Context<AppEnv>, { interaction, session }: ConsentQuestion): Promise<Response> {
  const { deps, origin } = c.env
  await deps.sessionsOf(session.user_id).denyConsent({
    now: deps.now(),
    client_id: interaction.client_id,
    session_id: session.session_id,
    user_id: session.user_id,
    origin,
  })
  return resume(c, interaction, session, { denied: true })
}

async function resume(
  c: Context<AppEnv>,
  interaction: Interaction,
  session: LiveSession,
  answer: Pick<Interaction, 'denied'>,
): Promise<Response> {
  const prompt_done = { ...interaction.prompt_done, consent: true }
  const answered = { ...interaction, ...answer, prompt_done, session_id: session.session_id }
  return goTo(await withInteraction(c, resumePath, answered))
}

async function showPage(
  c: Context<AppEnv>,
  { interaction, asked, session }: ConsentQuestion,
  sealed: string,
): Promise<Response> {
  const { findClient, findUser, loadScopeCatalog } = c.env.deps
  const [page, client, user, catalog] = await Promise.all([
    openFormPage(c, interaction.ui_locales),
    findClient(interaction.client_id),
    findUser(session.user_id),
    loadScopeCatalog(),
  ])
  const html = (
    <ConsentPage
      page={page}
      interaction={sealed}
      client={client}
      clientId={interaction.client_id}
      returnsTo={returnHost(interaction)}
      accountName={accountName(user, session.user_id)}
      switchTo={`/login?interaction=${sealed}&as=another`}
      limited={asked.limited}
      asked={describeConsent(asked, catalog, page.language)}
    />
  )
  return sendPage(c, page, html, { formTargets: formTargets(interaction) })
}
