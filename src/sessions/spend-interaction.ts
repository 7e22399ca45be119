/** An interaction leads to one code at most. */
import type { SubjectState } from './subject-state.ts'

export interface SpendInteraction {
  readonly interaction_id: string
  /** When the interaction expires: until then its use is remembered. */
  readonly expires_at: number
}

/** @returns whether this was its first use */
export const spendInteraction = (
  state: SubjectState,
  { interaction_id, expires_at }: SpendInteraction,
): boolean => state.spentInteractions.add(interaction_id, expires_at)
