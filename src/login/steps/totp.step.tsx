/** The code of an authenticator app or a token (RFC 6238, RFC 4226). The person's object checks it. */
import { otpProof } from '../../authentication/factor-proofs.ts'
import { otpToleranceOf } from '../../one-time-passwords/tolerance.ts'
import { readTypedCode } from '../../one-time-passwords/typed-code.ts'
import { OtpCodeField } from '../../pages/otp-enrolment.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { RememberDevice } from '../remember-device.tsx'
import { refuseField } from './refuse-field.ts'
import { nameCall, outcomeOf, prepareUnnamedCall } from './sign-in-call.ts'
import type { Step, StepNeeds } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

export const totp: Step = {
  id: 'totp',
  kind: 'factor',
  proves: [otpProof],
  offered: ({ account, proofs }) => proofs.length > 0 && account !== undefined && account.otp > 0,
  checksPending: true,
  label: ({ oneTimePasswords }) => oneTimePasswords.useIt,
  title: ({ oneTimePasswords }) => oneTimePasswords.stepTitle,

  page: (shown) => (
    <StepForm step="totp" shown={shown}>
      <p class="lead">{shown.page.messages.oneTimePasswords.stepText}</p>
      <AccountChip page={shown.page} name={shown.progress.identifier ?? ''} switchTo={startOverPath(shown)} />
      <OtpCodeField page={shown.page} problems={shown.problems} autofocus={shown.problems.length === 0} />
      <RememberDevice page={shown.page} days={shown.policy.remember_device_days} />
      <div class="actions">
        <button type="submit">{shown.page.messages.continueAction}</button>
      </div>
    </StepForm>
  ),

  async attempt(needs, attempt) {
    const { form, settings } = attempt
    const typed = form.get('code')?.trim()
    if (!typed)
      return refuseField('code', ({ oneTimePasswords }) => oneTimePasswords.codeMissing, 'incomplete')
    const code = readTypedCode(typed)
    // What cannot be a code is no guess.
    if (code === undefined) return refuseField('code', ({ oneTimePasswords }) => oneTimePasswords.codeWrong)
    const { pending } = attempt.progress
    if (!pending) return { status: 'lost' }
    const { user_id } = pending
    const call = await prepareUnnamedCall(needs, attempt, user_id)
    const answer = await needs.sessionsOf(user_id).verifyOtp({
      ...call.input,
      ...{ pending, code, tolerance: otpToleranceOf(settings) },
    })
    switch (answer.status) {
      case 'lost':
        return answer
      case 'locked':
        return { status: 'locked', retryAfterSeconds: answer.retry_after_seconds }
      case 'refused':
        return refuseField('code', ({ oneTimePasswords }) =>
          answer.reason === 'used' ? oneTimePasswords.codeUsed : oneTimePasswords.codeWrong,
        )
      default:
        return outcomeOf(needs, attempt, await nameCall(needs, call, answer.identifier_macs), answer, {
          account: answer.account,
          afterwards: spendInPostgres(needs, user_id, answer.spent),
        })
    }
  },
}

/** The object does not accept the code again; Postgres learns of it for the time when the object has forgotten. */
const spendInPostgres = (
  { openOtpStore }: Pick<StepNeeds, 'openOtpStore'>,
  userId: string,
  spent: { readonly otp_id: string; readonly counter: number } | undefined,
): readonly Promise<unknown>[] =>
  spent ? [openOtpStore().then((store) => store.spendCounter(userId, spent.otp_id, spent.counter))] : []
