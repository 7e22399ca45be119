/** After a sign-in without one the person may add a passkey; where the browser can, it does so by itself. */
import type { FC } from 'hono/jsx'
import { reachedClasses } from '../../authentication/acr.ts'
import { requireFresh, strongestClassOf } from '../../authentication/fresh-sign-in.ts'
import { setPutOff } from '../../interaction/put-off-cookie.ts'
import { describeDevice } from '../../pages/describe-device.ts'
import { describePasskeyRefusal } from '../../pages/describe-passkey-refusal.ts'
import { PasskeyForm } from '../../pages/passkey-form.tsx'
import { creationOptions, registerPasskey } from '../../passkeys/register-passkey.ts'
import type { LiveSession } from '../../sessions/session.ts'
import { passkeyUser } from '../passkey-user.ts'
import type { Step, StepAttempt, StepNeeds, StepOutcome, StepPageProps } from './step.ts'
import { StepForm } from './step-form.tsx'

const id = 'add_passkey'

const AddPasskeyPage: FC<StepPageProps> = (shown) => {
  const { page, prepared } = shown
  const texts = page.messages
  const creation = prepared as Awaited<ReturnType<typeof prepareCreation>>
  return (
    <>
      <p>{texts.addPasskey.text}</p>
      {creation && (
        <PasskeyForm
          page={page}
          kind="create"
          action="/login"
          options={creation.options}
          isConditional
          label={texts.passkeySection.create}
          interaction={shown.interaction}
          without={texts.passkeySection.withoutScript}
        >
          <input type="hidden" name="sign_in" value={shown.signIn} />
          <input type="hidden" name="step" value={id} />
          <input type="hidden" name="registration" value={creation.registration} />
        </PasskeyForm>
      )}
      <StepForm shown={shown} step={id}>
        <input type="hidden" name="later" value="yes" />
        <div class="actions">
          <button type="submit" class="second">
            {texts.addPasskey.later}
          </button>
        </div>
      </StepForm>
    </>
  )
}

/** Nothing where none can be added: the page then only leads on. */
async function prepareCreation(needs: StepNeeds, { session }: Pick<StepPageProps, 'session'>) {
  const user = session && (await needs.findUser(session.user_id))
  if (!session || !user) return undefined
  const created = await creationOptions(needs, {
    ...{ user_id: session.user_id, session_id: session.session_id, conditional: true },
    ...passkeyUser(user),
    settings: await needs.readSettings(),
    rp_name: new URL(needs.config.issuer).hostname,
  })
  return created.ok ? created.value : undefined
}

/**
 * Whether this session may change factors, as on the account page. Attack: whoever knows the password alone adds a
 * passkey to an account that has a stronger factor.
 */
async function mayAdd(
  needs: StepNeeds,
  session: LiveSession,
  settings: StepAttempt['settings'],
): Promise<boolean> {
  const account = await needs.findUserForStepUp(session.user_id)
  const maxAgeSeconds = settings['sign_in.factor_change_max_age_seconds']
  return account !== undefined && !requireFresh(session, account.factors, { now: needs.now(), maxAgeSeconds })
}

async function add(needs: StepNeeds, session: LiveSession, attempt: StepAttempt): Promise<StepOutcome> {
  const { form, settings, origin, progress } = attempt
  if (!(await mayAdd(needs, session, settings))) return { status: 'next', progress }
  const added = await registerPasskey(needs, {
    ...{ user_id: session.user_id, session_id: session.session_id, settings, origin },
    registration: form.get('registration'),
    credential: form.get('credential'),
    fallback_name: describeDevice(origin.user_agent) ?? 'Passkey',
  })
  if (added.ok) return { status: 'next', progress }
  return {
    status: 'refused',
    problems: ({ messages }) => [{ message: describePasskeyRefusal(messages, added.error) }],
    reason: added.error,
  }
}

export const addPasskey: Step = {
  id,
  kind: 'offer',
  proves: [],
  offered: ({ account, proofs }, policy) =>
    policy.promote_passkeys &&
    policy.passkeys === 'on' &&
    account !== undefined &&
    account.passkeys === 0 &&
    reachedClasses(proofs).includes(strongestClassOf(account)),
  title: (messages) => messages.addPasskey.title,
  label: (messages) => messages.passkeySection.add,
  page: AddPasskeyPage,
  prepare: prepareCreation,

  async attempt(needs, attempt) {
    const { form, session, progress, browser } = attempt
    if (!session) return { status: 'lost' }
    if (form.get('later') === undefined) return add(needs, session, attempt)
    return { status: 'next', progress, cookies: [setPutOff(needs.config, id, browser.put_off)] }
  },
}
