/** The person has asked for their account to be deleted, and signs in before it is: they may keep it. */
import type { FC } from 'hono/jsx'
import { isToBeDeleted } from '../../authentication/unmet-demand.ts'
import { formatTime } from '../../messages/format-time.ts'
import { count } from '../../telemetry/count.ts'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { Step, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const KeepAccountPage: FC<StepPageProps> = (shown) => {
  const { page, pending } = shown
  const texts = page.messages.accountDeletion
  const due = pending?.account.deletion_due_at ?? 0
  return (
    <StepForm shown={shown} step="keep_account">
      <p>{texts.keepText(formatTime(page.language.tag, due, 'UTC'))}</p>
      <p class="quiet">{texts.keepHint}</p>
      <div class="actions">
        <button type="submit">{texts.keep}</button>
        <a class="button second" href={startOverPath(shown)}>
          {texts.leave}
        </a>
      </div>
    </StepForm>
  )
}

export const keepAccount: Step = {
  id: 'keep_account',
  kind: 'action',
  proves: [],
  offered: ({ account }) => isToBeDeleted(account),
  title: (messages) => messages.accountDeletion.keepTitle,
  label: (messages) => messages.accountDeletion.keep,
  page: KeepAccountPage,

  async attempt(needs, attempt) {
    const call = await prepareNextCall(needs, attempt)
    if (!call) return { status: 'lost' }
    const { user_id, now } = call.input
    // Before the session begins: a crash in between leaves an account that is kept, and a person who signs in again.
    const own = await needs.openOwnAccount()
    if ((await own.cancelDeletion({ user_id, now, origin: attempt.origin })) === 'gone') {
      return { status: 'lost' }
    }
    count('authly_account_deletions_total', 1, 'cancelled')
    const { pending } = call.handles
    return outcomeOf(
      needs,
      attempt,
      call,
      await needs.sessionsOf(user_id).keepAccount({ ...call.input, pending }),
    )
  },
}
