/** `/account/delete`: a person asks for the deletion of their own account. Needs a recent, equal sign-in, as factors do. */

import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { signedOutCookies } from '../login/sign-out.ts'
import { formatTime } from '../messages/format-time.ts'
import { isolated } from '../messages/isolated.ts'
import { renderErrorPage } from '../pages/error-page.tsx'
import type { Problem } from '../pages/form-parts.tsx'
import { goTo, openFormPage, openPage, sendPage } from '../pages/page.ts'
import { identifierForm } from '../users/normal-form.ts'
import { timeZoneOf } from './account-form.ts'
import { DeletionPage, DeletionRequestedPage } from './deletion.page.tsx'
import { type FactorChange, readFactorForm, requireFactorChange } from './factor-change.ts'
import { requestDeletion } from './request-deletion.ts'

const path = '/account/delete'
const tag = 'Account'

export const deletionRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showOwnDeletion',
      method: 'get',
      path,
      summary: 'What is lost with the account, and the form that deletes it',
      tag,
      responses: {
        200: 'The form',
        303: 'A new sign-in is needed first, or accounts are not deleted by their owners here',
        403: 'Administrators do not delete their own account',
      },
    },
    async (c) => {
      const change = await requireFactorChange(c, 'delete')
      return change.ok ? showDeletion(c, change.value, []) : change.error
    },
  )
  .describe(
    {
      id: 'deleteOwnAccount',
      method: 'post',
      path,
      summary: 'Asks for the deletion of the account',
      tag,
      responses: {
        200: 'It is noted, and the person is signed out everywhere',
        303: 'A new sign-in is needed first, or accounts are not deleted by their owners here',
        ...pageFormRefusals,
        400: 'The request is malformed, or the name typed is not that of the account',
      },
    },
    async (c) => {
      const request = await readFactorForm(c, 'delete')
      if (!request.ok) return request.error
      const { user, form } = request.value
      const { deps, origin } = c.env
      const settings = await deps.readSettings()
      if (settings['account.deletion'] === 'off') return goTo('/account/data')
      const account = nameOf(request.value)
      if (identifierForm(form.get('account') ?? '') !== identifierForm(account)) {
        const texts = (await openPage(c)).messages.accountDeletion
        return showDeletion(c, request.value, [
          { field: 'account', message: texts.confirmWrong(isolated(account)) },
        ])
      }
      const graceDays = settings['account.deletion_grace_days']
      const requested = await requestDeletion(deps, { user, graceDays, origin })
      if (requested === 'administrator') return refuseAdministrator(c)
      if (requested === 'gone') return goTo('/login')
      const page = await openPage(c)
      const isAtOnce = requested.due_at <= deps.now()
      const time = formatTime(page.language.tag, requested.due_at, timeZoneOf(c.req.raw))
      const html = <DeletionRequestedPage page={page} time={isAtOnce ? undefined : time} />
      return sendPage(c, page, html, { cookies: signedOutCookies(deps.config) })
    },
  )

/** What the person signs in with; somebody who has neither was made by hand. */
const nameOf = ({ user }: FactorChange): string => user.email ?? user.username ?? user.id

async function showDeletion(
  c: Context<AppEnv>,
  change: FactorChange,
  problems: readonly Problem[],
): Promise<Response> {
  const settings = await c.env.deps.readSettings()
  if (settings['account.deletion'] === 'off') return goTo('/account/data')
  if (change.user.roles.includes('admin')) return refuseAdministrator(c)
  const page = await openFormPage(c)
  const graceDays = settings['account.deletion_grace_days']
  const html = <DeletionPage {...{ page, account: nameOf(change), graceDays, problems }} />
  return sendPage(c, page, html, problems.length > 0 ? { status: 400, refusal: 'another name' } : {})
}

/** Mistake: nobody is left who could bring back what is lost. */
const refuseAdministrator = (c: Context<AppEnv>) =>
  renderErrorPage(c, {
    status: 403,
    title: (messages) => messages.accountDeletion.title,
    message: (messages) => messages.accountDeletion.administrator,
    waysOn: (messages) => [{ href: '/account', label: messages.toAccount }],
  })
