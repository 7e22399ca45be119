/** After a sign-in without one the person may add a passkey; where the browser can, it does so by itself. */
import type { FC } from 'hono/jsx'
import { reachedClasses } from '../../authentication/acr.ts'
import { strongestClassOf } from '../../authentication/fresh-sign-in.ts'
import type { SignInPolicy } from '../../authentication/sign-in-state.ts'
import { setPutOff } from '../../interaction/put-off-cookie.ts'
import { describePasskeyRefusal } from '../../pages/describe-passkey-refusal.ts'
import { PasskeyForm } from '../../pages/passkey-form.tsx'
import type { LiveSession } from '../../sessions/session.ts'
import { addOwnPasskey, ownCreationOptions } from '../add-own-passkey.ts'
import { findFreshFactors } from '../find-fresh-factors.ts'
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
      <StepForm shown={shown} step={id} attributes={{ 'data-put-off-passkeys': '' }}>
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

/**
 * The person and their factors, if this session may add a passkey. Attack: whoever knows the password alone, or found an
 * open session, adds one to an account that has a stronger factor.
 */
async function findWhoMayAdd(needs: StepNeeds, session: LiveSession, { passkeys }: SignInPolicy) {
  if (passkeys === 'off') return undefined
  const found = await findFreshFactors(needs, session)
  return found?.needed ? undefined : found
}

/**
 * Nothing where none can be added: there is no page then.
 * Attack: a thief of an open session opens it by hand, and reads which passkeys there are.
 */
async function prepareCreation(
  needs: StepNeeds,
  { session, policy }: Pick<StepPageProps, 'session' | 'policy'>,
) {
  const found = session && (await findWhoMayAdd(needs, session, policy))
  if (!found) return undefined
  const { user, factors } = found
  const settings = await needs.readSettings()
  const existing = factors.passkeys === 0 ? [] : undefined
  const asked_by = session.session_id
  const created = await ownCreationOptions(needs, { asked_by, user, settings, existing, conditional: true })
  return created.ok ? created.value : undefined
}

async function add(needs: StepNeeds, session: LiveSession, attempt: StepAttempt): Promise<StepOutcome> {
  const { form, settings, origin, policy, progress } = attempt
  const found = await findWhoMayAdd(needs, session, policy)
  if (!found) return { status: 'next', progress }
  const added = await addOwnPasskey(needs, { session, judged: found.factors, form, settings, origin })
  if (added.ok) {
    needs.notify('notice_factor_added', session.user_id, origin)
    return { status: 'next', progress }
  }
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
  offered: ({ account, proofs, actions_done }, policy) =>
    policy.promote_passkeys &&
    // Whoever has just chosen an authenticator app or a password is not asked the same again.
    !actions_done.some((done) => done === 'set_up_factor' || done === 'register') &&
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
