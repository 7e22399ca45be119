/** A recovery code, for whoever has lost their second factor. Listed behind every other way. */
import { recoveryCodeProof } from '../../authentication/factor-proofs.ts'
import { hashRecoveryCode, readRecoveryCode } from '../../one-time-passwords/recovery-codes.ts'
import { CodeField } from '../../pages/form-parts.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { refuseField } from './refuse-field.ts'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { Step } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

export const recoveryCode: Step = {
  id: 'recovery_code',
  kind: 'factor',
  proves: [recoveryCodeProof],
  offered: ({ account, proofs }) =>
    proofs.length > 0 &&
    account !== undefined &&
    account.recovery_codes > 0 &&
    account.otp + account.passkeys > 0,
  label: ({ recoveryCodes }) => recoveryCodes.useOne,
  title: ({ recoveryCodes }) => recoveryCodes.stepTitle,

  page: (shown) => (
    <StepForm step="recovery_code" shown={shown}>
      <p class="lead">{shown.page.messages.recoveryCodes.stepText}</p>
      <AccountChip page={shown.page} name={shown.progress.identifier ?? ''} switchTo={startOverPath(shown)} />
      <CodeField
        name="recovery_code"
        label={shown.page.messages.recoveryCodes.label}
        kind="text"
        maxlength={64}
        autofocus={shown.problems.length === 0}
        problems={shown.problems}
      />
      <div class="actions">
        <button type="submit">{shown.page.messages.continueAction}</button>
      </div>
    </StepForm>
  ),

  async attempt(needs, attempt) {
    const { form } = attempt
    const typed = form.get('recovery_code')?.trim()
    if (!typed) {
      return refuseField('recovery_code', ({ recoveryCodes }) => recoveryCodes.missing, 'incomplete')
    }
    const code = readRecoveryCode(typed)
    // What cannot be a code is no guess.
    if (code === undefined) return refuseField('recovery_code', ({ recoveryCodes }) => recoveryCodes.wrong)
    const call = await prepareNextCall(needs, attempt)
    if (!call) return { status: 'lost' }
    const { user_id } = call.input
    const [store, hash] = await Promise.all([
      needs.openOtpStore(),
      hashRecoveryCode(needs.root, user_id, code),
    ])
    const unused = await store.useRecoveryCode(user_id, hash)
    const { pending } = call.handles
    const answer = await needs.sessionsOf(user_id).takeRecoveryCode({ ...call.input, pending, unused })
    return answer.status === 'refused'
      ? refuseField('recovery_code', ({ recoveryCodes }) => recoveryCodes.wrong)
      : outcomeOf(needs, attempt, call, answer)
  },
}
