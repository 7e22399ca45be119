/**
 * Whoever needs a factor that they do not have sets it up: a passkey where one helps, or an authenticator app. With the
 * app come recovery codes; key and codes belong to this sign-in: a reloaded page shows the same ones.
 */

import type { FC } from 'hono/jsx'
import type { SignInPolicy } from '../../authentication/sign-in-state.ts'
import { retryOnce } from '../../kit/retry-once.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import { fixedEnrolment } from '../../one-time-passwords/enrolment.ts'
import { addConfirmedGenerator } from '../../one-time-passwords/manage-generators.ts'
import { type DrawnCodes, storeRecoveryCodes } from '../../one-time-passwords/manage-recovery-codes.ts'
import { fixedRecoveryCodes } from '../../one-time-passwords/recovery-codes.ts'
import { otpToleranceOf } from '../../one-time-passwords/tolerance.ts'
import { describePasskeyRefusal } from '../../pages/describe-passkey-refusal.ts'
import { OtpEnrolment, type ShownEnrolment, showEnrolment } from '../../pages/otp-enrolment.tsx'
import { PasskeyForm } from '../../pages/passkey-form.tsx'
import { RecoveryCodeList } from '../../pages/recovery-code-list.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { storeNewPasskey } from '../../passkeys/register-passkey.ts'
import { type PendingView, stateOf } from '../../sessions/pending-sign-in.ts'
import { needsBoundPasskey, type SetUpWay, setUpHelps, setUpWays } from '../../sessions/set-up-factor.ts'
import { accountName } from '../account-name.ts'
import { ownCreationOptions, passkeyAnswerIn } from '../add-own-passkey.ts'
import { refuseField } from './refuse-field.ts'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { Step, StepAttempt, StepNeeds, StepOutcome, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const id = 'set_up_factor'

type Created = Awaited<ReturnType<typeof ownCreationOptions>>

interface App {
  readonly enrolment: ShownEnrolment
  readonly drawn: Pick<DrawnCodes, 'codes'>
  readonly issuer: string
  readonly account: string
}

/** Absent: does not help here. */
interface Prepared {
  readonly passkey: Created | undefined
  readonly device_bound: boolean
  readonly app: App | undefined
}

/** The ways of a sign-in that is in the person's object; none when there is no such sign-in. */
const waysOf = (pending: PendingView | undefined, policy: SignInPolicy): readonly SetUpWay[] =>
  pending ? setUpWays(stateOf(pending), policy) : []

async function prepare(
  needs: StepNeeds,
  { pending, policy }: Pick<StepPageProps, 'pending' | 'policy'>,
): Promise<Prepared | undefined> {
  if (!pending) return undefined
  const ways = waysOf(pending, policy)
  const { user_id, pending_id, account } = pending
  const [user, settings] = await Promise.all([needs.findUser(user_id), needs.readSettings()])
  const existing = account.passkeys === 0 ? [] : undefined
  const device_bound = needsBoundPasskey(stateOf(pending), policy)
  const created =
    user && ways.includes('passkey')
      ? ownCreationOptions(needs, { asked_by: pending_id, user, settings, existing, device_bound })
      : undefined
  const label = { issuer: settings['branding.name'], account: accountName(user, user_id) }
  const app = ways.includes('app') ? prepareApp(secretsOf(needs.root, pending_id), label) : undefined
  return { passkey: await created, device_bound, app: await app }
}

async function prepareApp(
  secretOf: ReturnType<typeof secretsOf>,
  label: Pick<App, 'issuer' | 'account'>,
): Promise<App> {
  const [enrolment, codes] = await Promise.all([fixedEnrolment(secretOf), fixedRecoveryCodes(secretOf)])
  return { ...label, enrolment: await showEnrolment(enrolment, label), drawn: { codes } }
}

const SetUpPage: FC<StepPageProps> = (shown) => {
  const { page, problems } = shown
  const texts = page.messages.setUpFactor
  const { passkey, device_bound, app } = shown.prepared as Prepared
  const onlyPasskey = device_bound ? texts.textDeviceBound : texts.textPasskey
  const lead = app ? (passkey?.ok ? texts.text : texts.textApp) : onlyPasskey
  return (
    <>
      <p class="lead">{lead}</p>
      <AccountChip page={page} name={shown.progress.identifier ?? ''} switchTo={startOverPath(shown)} />
      {passkey && <PasskeyPart shown={shown} created={passkey} />}
      {app && passkey?.ok ? (
        <details class="more" open={problems.some(({ field }) => field === 'code')}>
          <summary>{texts.useApp}</summary>
          <AppPart shown={shown} app={app} />
        </details>
      ) : (
        app && <AppPart shown={shown} app={app} />
      )}
    </>
  )
}

const PasskeyPart: FC<{ readonly shown: StepPageProps; readonly created: Created }> = ({
  shown,
  created,
}) => {
  const { page } = shown
  const { passkeySection: texts } = page.messages
  if (!created.ok) return created.error === 'full' ? <p>{texts.full}</p> : null
  return (
    <>
      <p>{texts.text}</p>
      <PasskeyForm
        page={page}
        kind="create"
        action="/login"
        options={created.value.options}
        label={texts.create}
        interaction={shown.interaction}
        without={texts.withoutScript}
      >
        <input type="hidden" name="sign_in" value={shown.signIn} />
        <input type="hidden" name="step" value={id} />
        <input type="hidden" name="registration" value={created.value.registration} />
      </PasskeyForm>
    </>
  )
}

const AppPart: FC<{ readonly shown: StepPageProps; readonly app: App }> = ({ shown, app }) => {
  const { page, problems } = shown
  const { enrolment, ...codes } = app
  return (
    <StepForm step={id} shown={shown}>
      <h2>{page.messages.recoveryCodes.title}</h2>
      <RecoveryCodeList page={page} {...codes} />
      <h2>{page.messages.oneTimePasswords.addTitle}</h2>
      <OtpEnrolment page={page} enrolment={enrolment} problems={problems} />
      <div class="actions">
        <button type="submit">{page.messages.oneTimePasswords.confirm}</button>
      </div>
    </StepForm>
  )
}

export const setUpFactor: Step = {
  id,
  kind: 'action',
  proves: [],
  offered: setUpHelps,
  label: ({ setUpFactor: texts }) => texts.title,
  title: ({ setUpFactor: texts }) => texts.title,
  prepare,
  page: SetUpPage,

  async attempt(needs, attempt) {
    const { form, pending, policy } = attempt
    const way = form.get('credential') === undefined ? 'app' : 'passkey'
    if (!pending || !waysOf(pending, policy).includes(way)) return { status: 'lost' }
    return way === 'app' ? addApp(needs, attempt, pending) : addPasskey(needs, attempt, pending)
  },
}

async function addPasskey(
  needs: StepNeeds,
  attempt: StepAttempt,
  { user_id, pending_id, account }: PendingView,
): Promise<StepOutcome> {
  const { form, settings, origin } = attempt
  const answer = passkeyAnswerIn(form, { user_id, asked_by: pending_id, judged: account, settings, origin })
  const stored = await storeNewPasskey(needs, answer)
  if (!stored.ok) {
    const { error } = stored
    if (error === 'changed' || error === 'gone') return { status: 'lost' }
    return {
      ...{ status: 'refused', reason: error },
      problems: ({ messages }) => [{ message: describePasskeyRefusal(messages, error) }],
    }
  }
  needs.notify('notice_factor_added', user_id, origin)
  const call = await prepareNextCall(needs, attempt)
  if (!call) return { status: 'lost' }
  const { user_verified, ...passkey } = stored.value
  const input = { ...call.input, pending: call.handles.pending, passkey, user_verified }
  // An object that had heard it answers the second call that the sign-in is over.
  const told = await retryOnce(() => needs.sessionsOf(user_id).setUpPasskey(input))
  return outcomeOf(needs, attempt, call, told, { account: { ...account, passkeys: account.passkeys + 1 } })
}

async function addApp(needs: StepNeeds, attempt: StepAttempt, pending: PendingView): Promise<StepOutcome> {
  const { form, settings, origin } = attempt
  const code = form.get('code')?.trim()
  if (!code) return refuseField('code', ({ oneTimePasswords }) => oneTimePasswords.codeMissing, 'incomplete')
  const { user_id, pending_id } = pending
  const secretOf = secretsOf(needs.root, pending_id)
  const added = await addConfirmedGenerator(needs, {
    ...{ user_id, origin, code, tolerance: otpToleranceOf(settings), judged: pending.account },
    // Its owner gives it a name of their own later.
    ...{ name: '', enrolment: await fixedEnrolment(secretOf) },
  })
  if (added.status === 'wrong') {
    return refuseField('code', ({ oneTimePasswords }) => oneTimePasswords.codeWrong)
  }
  if (added.status !== 'added') return { status: 'lost' }
  needs.notify('notice_factor_added', user_id, origin)
  const codes = await fixedRecoveryCodes(secretOf)
  const isKept = await storeRecoveryCodes(needs, {
    ...{ user_id, codes, origin, drawn_at: pending.started_at },
  })
  const call = await prepareNextCall(needs, attempt)
  if (!call) return { status: 'lost' }
  const { used } = added
  const answer = await needs
    .sessionsOf(user_id)
    .setUpFactor({ ...call.input, pending: call.handles.pending, used })
  const account = { ...pending.account, otp: 1, recovery_codes: isKept ? codes.length : 0 }
  return outcomeOf(needs, attempt, call, answer, { account })
}

/** Secrets of one sign-in, which nobody can compute without the root secret. */
const secretsOf =
  (root: Pick<RootSecret, 'mac'>, pendingId: string) =>
  (name: string): Promise<string> =>
    root.mac('set up factor', `${pendingId} ${name}`)
