/** Maps refusals by Postgres to problems of the API. The `AU…` codes are raised by functions in `drizzle/`. */
import { databaseErrorOf, isLostRace, sqlStates } from '../kit/database-error.ts'
import type { Problem } from '../kit/problem.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import type { TokenType } from '../protocol/token-confirmation.ts'
import type { Conflicts } from './operation.ts'
import { conflict, forbidden, invalidRequest, notFound, stepUpRequired, unavailable } from './problems.ts'

const forbiddenDetails: Readonly<Record<string, string>> = {
  more_privileged: 'It concerns permissions that you do not have.',
  own_privileges: 'Nobody changes their own privileges.',
  less_restricted: 'The client would be less restricted than the one you use.',
  built_in: 'Built-in roles cannot be changed.',
}

const conflictTitles: Readonly<Record<string, string>> = {
  last_strong_factor: 'Another administrator must remove the last strong factor of an administrator',
}

/** Raised by authly_claim_idempotency_key: the key already has a response. */
export const isReplay = (error: unknown): boolean => databaseErrorOf(error)?.code === 'AU208'

/** The problem behind an error; undefined for bugs. @param scheme of the token presented */
export function problemOfError(
  error: unknown,
  conflicts: Conflicts = {},
  scheme?: TokenType,
): Problem | undefined {
  const failure = databaseErrorOf(error)
  const stated = conflicts[failure?.hint ?? failure?.constraint ?? '']
  if (stated && 'status' in stated) return stated
  switch (failure?.code) {
    case 'AU401':
      return stepUpRequired(undefined, failure.hint?.split(' '), scheme)
    case 'AU403':
      return forbidden(forbiddenDetails[failure.hint ?? ''])
    case 'AU404':
      return notFound
    case 'AU409': {
      const hint = failure.hint ?? 'conflict'
      const { title = conflictTitles[hint] ?? 'The last administrator must stay', errors } = stated ?? {}
      return conflict(hint, title, errors)
    }
    case 'AU422':
      return invalidRequest([{ pointer: '#/roles', detail: 'names a role that does not exist' }])
    case sqlStates.uniqueViolation:
    case sqlStates.foreignKeyViolation:
    case sqlStates.restrictViolation:
      return stated && conflict('conflict', stated.title, stated.errors)
  }
  if (isUnavailable(error) || (failure && isLostRace(failure))) return unavailable
  return undefined
}
