/**
 * The state of an entity at a past time: its current row (nothing, once deleted) with every change since then
 * undone, newest first. Pure; the events come from `changesSince` in state-at.store.ts.
 *
 * In a GET operation with `?at=` (one round trip, current row and later changes in the same transaction):
 *
 *   const [[row], changes] = await call.db.runAll([selectUser(id), changesSince('user', id, at)])
 *   const past = stateAt(row, changes)   // Row, or undefined: it did not exist then, or its past was erased
 *   if (!past) return err(notFound)
 *
 * Columns hidden from events (hashes, sealed values), `version` and `updated_at` are not part of the trail. Leave
 * them out of the response: they are current or missing.
 */

export interface PastChange {
  /** `<entity>.<verb>`. */
  readonly type: string
  /** `null` when the details were erased. */
  readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>> | null
}

type State = Readonly<Record<string, unknown>>

/** The most changes undone in one request; `changesSince` reads one more, to detect the excess. */
export const maxChanges = 2000

/**
 * @param current the current row; `undefined` when there is none
 * @param later changes after that time, newest first
 * @returns `undefined` when the entity did not exist, or its past can no longer be rebuilt
 */
export function stateAt(current: State | undefined, later: readonly PastChange[]): State | undefined {
  if (later.length > maxChanges) return undefined
  let state = current
  for (const { type, changes } of later) {
    const verb = type.slice(type.indexOf('.') + 1)
    if (changes === null) return undefined
    if (creations.has(verb)) state = undefined
    else state = undo(verb === 'deleted' ? {} : (state ?? {}), changes)
  }
  return state
}

/** Verbs that create an entity. */
const creations: ReadonlySet<string> = new Set(['created', 'invited', 'imported'])

function undo(state: State, changes: NonNullable<PastChange['changes']>): State {
  const before = Object.entries(changes).map(([field, change]) => [field, change.before] as const)
  return { ...state, ...Object.fromEntries(before) }
}
