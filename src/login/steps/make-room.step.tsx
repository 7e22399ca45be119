/** Everything is proven, but the person has as many sessions as allowed: they may end the one used longest ago. */
import type { FC } from 'hono/jsx'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { Step, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const MakeRoomPage: FC<StepPageProps> = (shown) => {
  const { messages } = shown.page
  return (
    <StepForm shown={shown} step="make_room">
      <p>{messages.sessionLimits.text}</p>
      <p>{messages.sessionLimits.hint}</p>
      <div class="actions">
        <button type="submit">{messages.sessionLimits.action}</button>
        <a class="button second" href={startOverPath(shown)}>
          {messages.cancel}
        </a>
      </div>
    </StepForm>
  )
}

export const makeRoom: Step = {
  id: 'make_room',
  kind: 'action',
  proves: [],
  // Not a demand on the sign-in: the page of a sign-in that is complete and has not begun its session.
  offered: () => false,
  title: (messages) => messages.sessionLimits.title,
  label: (messages) => messages.sessionLimits.action,
  page: MakeRoomPage,

  async attempt(needs, attempt) {
    const call = await prepareNextCall(needs, attempt, true)
    if (!call) return { status: 'lost' }
    const { user_id } = call.input
    const { pending } = call.handles
    return outcomeOf(
      needs,
      attempt,
      call,
      await needs.sessionsOf(user_id).continueSignIn({ ...call.input, pending }),
    )
  },
}
