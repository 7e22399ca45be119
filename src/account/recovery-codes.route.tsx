/** `/account/recovery-codes`: a new set, shown once, and valid when its owner has saved it. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { drawRecoveryCodes, keepRecoveryCodes } from '../one-time-passwords/manage-recovery-codes.ts'
import { goTo, openFormPage, sendPage } from '../pages/page.ts'
import { accountLabel } from './account-label.ts'
import { type FactorChange, generatorNeeds, readFactorForm, requireFactorChange } from './factor-change.ts'
import { RecoveryCodesPage } from './recovery-codes.page.tsx'

const path = '/account/recovery-codes'
const tag = 'Account'

export const recoveryCodeRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showRecoveryCodes',
      method: 'get',
      path,
      summary: 'A new set of recovery codes',
      tag,
      responses: {
        200: 'The codes, of which nothing is stored yet',
        303: 'A new sign-in, or a second factor, is needed first',
      },
    },
    async (c) => {
      const change = await requireFactorChange(c, 'recovery_codes')
      return change.ok ? showCodes(c, change.value) : change.error
    },
  )
  .describe(
    {
      id: 'keepRecoveryCodes',
      method: 'post',
      path,
      summary: 'Makes the shown recovery codes valid, instead of all before',
      tag,
      responses: {
        303: 'Done, back to the account page; or a new sign-in is needed',
        ...pageFormRefusals,
        409: 'The codes have expired, or were kept already',
      },
    },
    async (c) => {
      const request = await readFactorForm(c, 'recovery_codes')
      if (!request.ok) return request.error
      const { session, form } = request.value
      const { deps, origin } = c.env
      const sealed = form.get('codes') ?? ''
      const isKept = await keepRecoveryCodes(deps, { user_id: session.user_id, sealed, origin })
      if (!isKept) return showCodes(c, request.value, 'outdated')
      // They are a factor like the others: every browser is asked again.
      await generatorNeeds(deps).factorsChanged({ user_id: session.user_id, now: deps.now(), origin })
      deps.notify('notice_recovery_codes', session.user_id, origin)
      return goTo('/account/security?done=recovery_codes')
    },
  )

async function showCodes(
  c: Context<AppEnv>,
  { session, factors }: FactorChange,
  refusal?: 'outdated',
): Promise<Response> {
  // Without a second factor they would be a second password.
  if (factors.otp === 0 && factors.passkeys === 0) return goTo('/account/one-time-passwords')
  const { deps } = c.env
  const [page, label, drawn] = await Promise.all([
    openFormPage(c),
    accountLabel(deps, session.user_id),
    drawRecoveryCodes(deps.root, session.user_id, deps.now()),
  ])
  const html = (
    <RecoveryCodesPage
      page={page}
      drawn={drawn}
      {...label}
      problems={refusal ? [{ message: page.messages.recoveryCodes.outdated }] : []}
    />
  )
  return sendPage(c, page, html, refusal ? { status: 409, refusal } : {})
}
