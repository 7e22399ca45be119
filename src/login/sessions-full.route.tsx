/**
 * `GET|POST /sessions-full`: a client that limits the sessions of a person has as many as it allows, and the setting
 * refuses more. The person may sign out where they have been inactive the longest.
 */
import type { AppEnv } from '../dependencies.ts'
import { redirectUriOf } from '../interaction/interaction.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { formTargets } from '../pages/form-targets.ts'
import { requireInteraction, resumePath } from '../pages/load-interaction.ts'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import { SessionsFullPage } from './sessions-full.page.tsx'

const path = '/sessions-full'
const tag = 'Sign-in'
const lost = 'The login in progress has expired or belongs to another browser'

export const sessionsFullRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showSessionsFull',
      method: 'get',
      path,
      summary: 'Page of somebody with as many sessions as the client allows',
      tag,
      responses: { 200: 'The choice', 400: lost },
    },
    async (c) => {
      const loaded = await requireInteraction(c, c.req.query('interaction'))
      if (!loaded.ok) return loaded.error
      const { interaction, sealed } = loaded.value
      const page = await openFormPage(c, interaction.ui_locales)
      const client = await c.env.deps.findClient(interaction.client_id)
      const redirectUri = redirectUriOf(interaction)
      const html = <SessionsFullPage {...{ page, client, redirectUri }} interaction={sealed} />
      return sendPage(c, page, html, { formTargets: formTargets(interaction) })
    },
  )
  .describe(
    {
      id: 'makeRoomForSession',
      method: 'post',
      path,
      summary: 'Signs out where the person has been inactive the longest',
      tag,
      responses: { 303: 'Done: continues at authorize', ...pageFormRefusals, 400: lost },
    },
    async (c) => {
      const form = await readPageForm(c)
      if (!form.ok) return form.error
      const loaded = await requireInteraction(c, form.value.get('interaction'))
      if (!loaded.ok) return loaded.error
      const { interaction, sealed } = loaded.value
      const { deps, origin } = c.env
      const session = await findLiveSession(deps, c.req.header('cookie'))
      const max = (await deps.findClient(interaction.client_id))?.max_sessions_per_user
      if (session && max !== undefined) {
        const { session_id } = session
        const { client_id } = interaction
        await deps
          .sessionsOf(session.user_id)
          .makeRoomAtClient({ now: deps.now(), origin, session_id, client_id, max })
      }
      return goTo(`${resumePath}?interaction=${sealed}`)
    },
  )
