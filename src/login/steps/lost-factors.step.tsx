/** The way out for who has forgotten the password and lost every second factor: a waiting period, of which the owner is told. */
import type { FC } from 'hono/jsx'
import { acrMultiFactor, reachedClasses } from '../../authentication/acr.ts'
import { constantTimeEqual } from '../../kit/hash.ts'
import { formatTime, formatWait } from '../../messages/format-time.ts'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { beginWaiting } from '../../recovery/begin-waiting.ts'
import type { WaitingPeriod } from '../../recovery/waiting-period.ts'
import type { Step, StepNeeds, StepOutcome, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const id = 'lost_factors'

type Prepared =
  | { readonly status: 'waiting'; readonly period: WaitingPeriod }
  | { readonly status: 'barred' }
  | { readonly status: 'offered'; readonly seconds: number }

const LostFactorsPage: FC<StepPageProps> = (shown) => {
  const { page, progress, prepared } = shown
  const { messages, language } = page
  const words = messages.recovery.lost
  const state = prepared as Prepared
  const chip = <AccountChip page={page} name={progress.identifier ?? ''} switchTo={startOverPath(shown)} />
  const time = (at: number) => formatTime(language.tag, at, 'UTC')
  switch (state.status) {
    case 'waiting':
      return (
        <>
          <p class="lead">{words.waiting(time(state.period.available_at), time(state.period.expires_at))}</p>
          {chip}
        </>
      )
    case 'barred':
      return (
        <>
          <p class="lead">{words.barred}</p>
          {chip}
        </>
      )
    case 'offered':
      return (
        <StepForm shown={shown} step={id}>
          <p class="lead">{words.text(formatWait(language.tag, state.seconds))}</p>
          {chip}
          <div class="actions">
            <button type="submit">{words.action}</button>
          </div>
        </StepForm>
      )
  }
}

/** What the page says: one round trip to Postgres, one call of the person's object. */
async function prepare(needs: StepNeeds, { pending }: Pick<StepPageProps, 'pending'>): Promise<Prepared> {
  const now = needs.now()
  const user_id = pending?.user_id ?? ''
  const [store, settings] = await Promise.all([needs.openRecoveryStore(), needs.readSettings()])
  const [state, recovery_hash] = await Promise.all([
    store.find(user_id),
    needs.sessionsOf(user_id).findRecoveryWait({ now }),
  ])
  if (!state || state.is_barred) return { status: 'barred' }
  const period = state.waiting
  // A sign-in with the second factor ends it in the object alone.
  const isWaiting =
    period && recovery_hash !== undefined && constantTimeEqual(period.recovery_hash, recovery_hash)
  if (isWaiting) return { status: 'waiting', period }
  return { status: 'offered', seconds: settings['recovery.waiting_hours'] * 3600 }
}

export const lostFactors: Step = {
  id,
  kind: 'action',
  proves: [],
  offered: ({ account, proofs }, { recovers, lost_factors }) =>
    recovers === true &&
    lost_factors === undefined &&
    proofs.length > 0 &&
    account !== undefined &&
    account.passkeys + account.otp > 0 &&
    !reachedClasses(proofs).includes(acrMultiFactor),
  title: ({ recovery }) => recovery.lost.title,
  label: ({ recovery }) => recovery.lost.label,
  page: LostFactorsPage,
  prepare,

  async attempt(needs, { pending, progress, origin }) {
    if (!pending || !progress.pending) return { status: 'lost' }
    const { user_id } = pending
    const begun = await beginWaiting(needs, { user_id, pending: progress.pending, origin })
    if (begun === 'lost') return { status: 'lost' }
    if (begun === 'unsent') return unsent
    return { status: 'next', progress, step: id }
  },
}

const unsent: StepOutcome = {
  status: 'refused',
  problems: ({ messages }) => [{ message: messages.recovery.lost.unsent }],
  reason: 'nobody could be told',
  httpStatus: 409,
}
