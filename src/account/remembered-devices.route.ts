/** `POST /account/remembered-devices/forget`: the second factor is asked again at one browser. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { goTo } from '../pages/page.ts'
import { readAccountForm } from './account-form.ts'

export const rememberedDeviceRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'forgetOwnRememberedDevice',
    method: 'post',
    path: '/account/remembered-devices/forget',
    summary: 'Asks for the second factor again at a browser',
    tag: 'Account',
    responses: { 303: 'Done, back to the account page; or not signed in', ...pageFormRefusals },
  },
  async (c) => {
    const request = await readAccountForm(c, '/account/sessions')
    if (!request.ok) return request.error
    const { user_id } = request.value.session
    const remembered_id = request.value.form.get('remembered_id')
    const { deps, origin } = c.env
    // The object belongs to the signed-in user, so an id of another user matches nothing in it.
    if (remembered_id) {
      await deps
        .sessionsOf(user_id)
        .forgetRememberedDevice({ now: deps.now(), user_id, remembered_id, origin })
    }
    return goTo('/account/sessions?done=remembered')
  },
)
