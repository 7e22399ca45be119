/** A password that must be changed, right after it was proven. The session begins only then. */
import type { FC } from 'hono/jsx'
import { createEvent } from '../../audit/create-event.ts'
import { mustChangePassword } from '../../authentication/unmet-demand.ts'
import { describePasswordProblem } from '../../pages/describe-password-problem.ts'
import { NewPasswordFields } from '../../pages/form-parts.tsx'
import { readNewPassword } from '../../pages/new-password.ts'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import type { ChangePassword } from '../../passwords/change-password.ts'
import type { PasswordRules } from '../../passwords/password-policy.ts'
import { type ReplaceRefusal, replacePassword } from '../../passwords/replace-password.ts'
import { tellOwner } from '../../recovery/tell-owner.ts'
import { count } from '../../telemetry/count.ts'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { Step, StepAttempt, StepNeeds, StepOutcome, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const ChangePasswordPage: FC<StepPageProps> = (shown) => {
  const { page, progress, prepared, problems } = shown
  const { messages } = page
  return (
    <StepForm shown={shown} step="change_password">
      <p class="lead">{leadOf(shown)}</p>
      {progress.identifier !== undefined && (
        <AccountChip
          page={page}
          name={progress.identifier}
          field="username"
          switchTo={startOverPath(shown)}
        />
      )}
      <NewPasswordFields page={page} rules={prepared as PasswordRules} problems={problems} />
      <div class="actions">
        <button type="submit">
          {shown.policy.recovers ? messages.savePasswordAction : messages.changePasswordAction}
        </button>
      </div>
    </StepForm>
  )
}

/** Why a password is chosen here. */
function leadOf({ page: { messages }, policy, pending }: StepPageProps): string {
  if (policy.lost_factors !== undefined) return messages.recovery.lost.choose
  if (policy.recovers) return messages.recovery.chooseText
  return pending?.account.password === 'breached'
    ? messages.passwords.breached
    : messages.passwordChangeRequired
}

export const changePassword: Step = {
  id: 'change_password',
  kind: 'action',
  proves: [],
  offered: mustChangePassword,
  title: (messages, { recovers }) =>
    recovers ? messages.recovery.chooseTitle : messages.changePasswordTitle,
  label: (messages) => messages.changePasswordTitle,
  page: ChangePasswordPage,
  prepare: ({ readPasswordRules }) => readPasswordRules(),

  async attempt(needs, attempt) {
    const { form, pending, origin } = attempt
    const read = readNewPassword(form)
    if (!read.ok) return refused(read.error.field, read.error.text)
    const next = read.value
    const call = await prepareNextCall(needs, attempt)
    if (!call || !pending) return { status: 'lost' }
    const { user_id } = call.input
    const replaced = await replacePassword(needs, {
      store: storeOf(needs, attempt, user_id),
      ...{ user_id, session_id: undefined, counted: pending.pending_id, next, origin },
      proof: { verified: pending.password_hash_digest },
      complete: (now) =>
        needs
          .sessionsOf(user_id)
          .completeRequiredChange({ ...call.input, now, pending: call.handles.pending }),
    })
    if (replaced.ok) return recovered(needs, attempt, outcomeOf(needs, attempt, call, replaced.value))
    return refusalOf(replaced.error, await needs.readPasswordRules())
  },
}

/** After the waiting period the second factors are removed in the statement that stores the password. */
function storeOf(
  needs: StepNeeds,
  { policy, origin }: StepAttempt,
  user_id: string,
): ChangePassword | undefined {
  const recovery_hash = policy.lost_factors
  if (recovery_hash === undefined) return undefined
  return async (change) => {
    const now = needs.now()
    const recovered = createEvent('recovery.completed', now, origin, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id },
    })
    const store = await needs.openRecoveryStore()
    return store.recoverAccount({ ...change, recovery_hash, now, recovered })
  }
}

/** Counts a recovery, and tells the owner what has changed. */
function recovered(
  needs: StepNeeds,
  { policy, pending, origin }: StepAttempt,
  outcome: StepOutcome,
): StepOutcome {
  if (outcome.status !== 'done' || !pending) return outcome
  const isWithoutFactors = policy.lost_factors !== undefined
  if (policy.recovers) count('authly_recoveries_total', 1, isWithoutFactors ? 'without_factors' : 'completed')
  if (!isWithoutFactors) {
    needs.notify('notice_password_changed', pending.user_id, origin)
    return outcome
  }
  const told = needs.findUser(pending.user_id).then(async (user) => {
    if (user) await tellOwner(needs, user, { email: { kind: 'recovered', params: { at: needs.now() } } })
  })
  return { ...outcome, afterwards: [...outcome.afterwards, told] }
}

type Text = (messages: StepPageProps['page']['messages']) => string

const refused = (field: string | undefined, text: Text, httpStatus: 400 | 409 = 400): StepOutcome => ({
  status: 'refused',
  problems: ({ messages }) => [{ field, message: text(messages) }],
  reason: 'password not replaced',
  httpStatus,
})

function refusalOf(refusal: ReplaceRefusal, rules: PasswordRules): StepOutcome {
  switch (refusal.reason) {
    case 'unacceptable':
      return refused('new_password', (messages) => describePasswordProblem(messages, refusal.problem, rules))
    case 'limited':
      return { status: 'limited', decision: refusal.decision }
    case 'busy':
      return { status: 'busy', retryAfterSeconds: refusal.retryAfterSeconds }
    case 'conflict':
      return refused(undefined, (messages) => messages.passwordChangedMeanwhile, 409)
    // Another password was set since: the one typed at the beginning proves nothing any more.
    case 'outdated':
    case 'wrong_current':
      return { status: 'lost' }
  }
}
