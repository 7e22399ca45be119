/**
 * Whoever needs a second factor and has none sets up an authenticator app, and gets recovery codes with it. Key and
 * codes belong to this sign-in: a reloaded page shows the same ones.
 */
import type { RootSecret } from '../../kit/root-secret.ts'
import { fixedEnrolment } from '../../one-time-passwords/enrolment.ts'
import { addConfirmedGenerator } from '../../one-time-passwords/manage-generators.ts'
import { type DrawnCodes, storeRecoveryCodes } from '../../one-time-passwords/manage-recovery-codes.ts'
import { fixedRecoveryCodes } from '../../one-time-passwords/recovery-codes.ts'
import { otpToleranceOf } from '../../one-time-passwords/tolerance.ts'
import { OtpEnrolment, type ShownEnrolment, showEnrolment } from '../../pages/otp-enrolment.tsx'
import { RecoveryCodeList } from '../../pages/recovery-code-list.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { maySetUpFactor, setUpHelps } from '../../sessions/set-up-factor.ts'
import { accountName } from '../account-name.ts'
import { refuseField } from './refuse-field.ts'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { Step } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

interface Prepared {
  readonly enrolment: ShownEnrolment
  readonly drawn: Pick<DrawnCodes, 'codes'>
  readonly issuer: string
  readonly account: string
}

export const setUpFactor: Step = {
  id: 'set_up_factor',
  kind: 'action',
  proves: [],
  offered: setUpHelps,
  label: ({ setUpFactor: texts }) => texts.title,
  title: ({ setUpFactor: texts }) => texts.title,

  async prepare(needs, { progress }): Promise<Prepared | undefined> {
    if (!progress.pending) return undefined
    const { user_id, pending_id } = progress.pending
    const secretOf = secretsOf(needs.root, pending_id)
    const [user, settings, enrolment, codes] = await Promise.all([
      needs.findUser(user_id),
      needs.readSettings(),
      fixedEnrolment(secretOf),
      fixedRecoveryCodes(secretOf),
    ])
    const label = { issuer: settings['branding.name'], account: accountName(user, user_id) }
    return { ...label, enrolment: await showEnrolment(enrolment, label), drawn: { codes } }
  },

  page: (shown) => {
    const { page, problems } = shown
    const { enrolment, ...codes } = shown.prepared as Prepared
    return (
      <StepForm step="set_up_factor" shown={shown}>
        <p class="lead">{page.messages.setUpFactor.text}</p>
        <AccountChip page={page} name={shown.progress.identifier ?? ''} switchTo={startOverPath(shown)} />
        <h2>{page.messages.recoveryCodes.title}</h2>
        <RecoveryCodeList page={page} {...codes} />
        <h2>{page.messages.oneTimePasswords.addTitle}</h2>
        <OtpEnrolment page={page} enrolment={enrolment} problems={problems} />
        <div class="actions">
          <button type="submit">{page.messages.oneTimePasswords.confirm}</button>
        </div>
      </StepForm>
    )
  },

  async attempt(needs, attempt) {
    const { form, pending, settings, origin } = attempt
    if (!pending || !maySetUpFactor(pending)) return { status: 'lost' }
    const code = form.get('code')?.trim()
    if (!code)
      return refuseField('code', ({ oneTimePasswords }) => oneTimePasswords.codeMissing, 'incomplete')
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
  },
}

/** Secrets of one sign-in, which nobody can compute without the root secret. */
const secretsOf =
  (root: Pick<RootSecret, 'mac'>, pendingId: string) =>
  (name: string): Promise<string> =>
    root.mac('set up factor', `${pendingId} ${name}`)
