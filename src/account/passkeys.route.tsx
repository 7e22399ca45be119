/** `/account/passkeys`: a person's own passkeys. Every change needs a recent sign-in. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { addOwnPasskey, ownCreationOptions } from '../login/add-own-passkey.ts'
import type { Messages } from '../messages/en.ts'
import { describePasskeyRefusal } from '../pages/describe-passkey-refusal.ts'
import type { Problem } from '../pages/form-parts.tsx'
import { goTo, openFormPage, sendPage, withScript } from '../pages/page.ts'
import { listPasskeys, removePasskey, renamePasskey } from '../passkeys/manage-passkeys.ts'
import { maxPasskeyNameLength } from '../passkeys/passkey.ts'
import { timeZoneOf } from './account-form.ts'
import { nameField } from './factor-card.tsx'
import { type FactorChange, readFactorForm, requireFactorChange } from './factor-change.ts'
import { passkeySignals } from './passkey-signals.ts'
import { PasskeysPage } from './passkeys.page.tsx'

const path = '/account/passkeys'
const tag = 'Account'
const postResponses = {
  303: 'Done, back to the account page; or a new sign-in is needed',
  ...pageFormRefusals,
}

export const passkeyRoutes = new DescribedRoutes<AppEnv>()
  .describe(
    {
      id: 'showPasskeys',
      method: 'get',
      path,
      summary: 'The user’s passkeys',
      tag,
      responses: { 200: 'The passkeys, and a form for a new one', 303: 'A new sign-in is needed first' },
    },
    async (c) => {
      const change = await requireFactorChange(c, 'passkeys')
      return change.ok ? showPasskeys(c, change.value) : change.error
    },
  )
  .describe(
    {
      id: 'addPasskey',
      method: 'post',
      path,
      summary: 'Adds the passkey that the browser has created',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readFactorForm(c, 'passkeys')
      if (!request.ok) return request.error
      const { session, factors, form } = request.value
      const { deps, origin } = c.env
      const settings = await deps.readSettings()
      const added = await addOwnPasskey(deps, { session, judged: factors, form, settings, origin })
      if (added.ok) {
        deps.notify('notice_factor_added', session.user_id, origin)
        return goTo('/account/security?done=passkey_added')
      }
      // In another tab, or by somebody else: whether this sign-in is strong enough is asked again.
      return added.error === 'changed'
        ? goTo(path)
        : showPasskeys(c, request.value, {
            reason: added.error,
            message: (messages) => describePasskeyRefusal(messages, added.error),
          })
    },
  )
  .describe(
    {
      id: 'renamePasskey',
      method: 'post',
      path: `${path}/rename`,
      summary: 'Gives one of the user’s passkeys another name',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readFactorForm(c, 'passkeys')
      if (!request.ok) return request.error
      const { session, form } = request.value
      const { deps, origin } = c.env
      const credential_id = form.get('credential_id') ?? ''
      const name = form.get('name')
      const outcome = await renamePasskey(deps, { user_id: session.user_id, credential_id, name, origin })
      if (outcome === 'renamed') return goTo('/account/security?done=passkey_renamed')
      return outcome === 'invalid'
        ? showPasskeys(c, request.value, {
            ...{ reason: 'invalid name', credential_id },
            message: ({ passkeySection }) => passkeySection.nameInvalid(maxPasskeyNameLength),
          })
        : showPasskeys(c, request.value, unknown)
    },
  )
  .describe(
    {
      id: 'removePasskey',
      method: 'post',
      path: `${path}/remove`,
      summary: 'Removes one of the user’s passkeys',
      tag,
      responses: postResponses,
    },
    async (c) => {
      const request = await readFactorForm(c, 'passkeys')
      if (!request.ok) return request.error
      const { session, form } = request.value
      const { deps, origin } = c.env
      const credential_id = form.get('credential_id') ?? ''
      const outcome = await removePasskey(deps, {
        ...{ user_id: session.user_id, credential_id, origin, except_session_id: session.session_id },
      })
      if (outcome === 'removed') {
        deps.notify('notice_factor_removed', session.user_id, origin)
        return goTo('/account/security?done=passkey_removed')
      }
      return showPasskeys(c, request.value, outcome === 'last' ? last : unknown)
    },
  )

interface Refusal {
  /** For the log. */
  readonly reason: string
  readonly message: (messages: Messages) => string
  /** The passkey whose name was refused. */
  readonly credential_id?: string
}

/** Another person's passkey looks like one that is not there. */
const unknown: Refusal = { reason: 'unknown', message: ({ passkeySection }) => passkeySection.unknown }

const last: Refusal = { reason: 'last', message: ({ lastStrongFactor }) => lastStrongFactor }

async function showPasskeys(
  c: Context<AppEnv>,
  { session, user }: FactorChange,
  refusal?: Refusal,
): Promise<Response> {
  const { deps } = c.env
  const [passkeys, settings, opened] = await Promise.all([
    listPasskeys(deps, user.id),
    deps.readSettings(),
    openFormPage(c),
  ])
  const page = withScript(opened)
  const asked_by = session.session_id
  const creation = await ownCreationOptions(deps, { asked_by, user, settings, existing: passkeys })
  const html = (
    <PasskeysPage
      page={page}
      passkeys={passkeys}
      creation={creation.ok ? creation.value : creation.error}
      signals={await passkeySignals(deps, user, passkeys)}
      timeZone={timeZoneOf(c.req.raw)}
      problems={refusal ? [problemOf(refusal, passkeys, page.messages)] : []}
    />
  )
  return sendPage(c, page, html, refusal ? { status: 400, refusal: refusal.reason } : {})
}

function problemOf(
  { message, credential_id }: Refusal,
  passkeys: readonly { readonly credential_id: string }[],
  messages: Messages,
): Problem {
  const index = passkeys.findIndex((passkey) => passkey.credential_id === credential_id)
  return { message: message(messages), field: index < 0 ? undefined : nameField(index) }
}
