/** `GET|POST /select-account`: answers `prompt=select_account` (OpenID Connect Core §3.1.2.1). */
import type { AppEnv } from '../dependencies.ts'
import { redirectUriOf } from '../interaction/interaction.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { formTargets } from '../pages/form-targets.ts'
import { requireInteraction, resumePath, withInteraction } from '../pages/load-interaction.ts'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { accountName } from './account-name.ts'
import { SelectAccountPage } from './select-account.page.tsx'

const path = '/select-account'
const tag = 'Sign-in'

export const selectAccountRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showAccountChoice',
      method: 'get',
      path,
      summary: 'Account selection page',
      tag,
      responses: {
        200: 'The choice',
        303: 'Nobody is signed in: to the sign-in page',
        400: 'The login in progress has expired or belongs to another browser',
      },
    },
    async (c) => {
      const { deps } = c.env
      const loaded = await requireInteraction(c, c.req.query('interaction'))
      if (!loaded.ok) return loaded.error
      const { interaction, sealed } = loaded.value
      const session = await findLiveSession(deps, c.req.header('cookie'))
      if (!session) return goTo(`/login?interaction=${sealed}`)
      const [page, user, client] = await Promise.all([
        openFormPage(c, interaction.ui_locales),
        deps.findUser(session.user_id),
        deps.findClient(interaction.client_id),
      ])
      const html = (
        <SelectAccountPage
          page={page}
          interaction={sealed}
          client={client}
          redirectUri={redirectUriOf(interaction)}
          accountName={accountName(user, session.user_id)}
          sessionId={session.session_id}
        />
      )
      return sendPage(c, page, html, { formTargets: formTargets(interaction) })
    },
  )
  .describe(
    {
      id: 'chooseAccount',
      method: 'post',
      path,
      summary: 'Continues with the account that is signed in',
      tag,
      responses: {
        303: 'Chosen: continues at authorize',
        ...pageFormRefusals,
        400: 'The login in progress has expired or belongs to another browser',
      },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      const loaded = await requireInteraction(c, form.value.get('interaction'))
      if (!loaded.ok) return loaded.error
      const { interaction, sealed } = loaded.value
      const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
      if (!session) return goTo(`/login?interaction=${sealed}`)
      // Another user signed in after the page was shown, so the click was not meant for the current session.
      if (form.value.get('session_id') !== session.session_id) return goTo(`${path}?interaction=${sealed}`)
      const isOwn = interaction.session_id === session.session_id
      const chosen = {
        ...interaction,
        session_id: session.session_id,
        // What was done earlier in this interaction may be another user's: consent does not carry over, nor does the
        // sign-in of another session, which would satisfy `prompt=login` for this one.
        prompt_done: { login: isOwn && interaction.prompt_done.login, select_account: true },
      }
      return goTo(await withInteraction(c, resumePath, chosen))
    },
  )
