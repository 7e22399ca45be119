/** Refusals about an account (src/users/refusals.ts) as problems of a request. */
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { type RefusalCode, type Refused, refusalOf, refusals } from '../../users/refusals.ts'
import { type AccountOutcome, accountOutcome } from '../../users/written-row.ts'
import { conflict, forbidden, notFound, preconditionFailed } from '../problems.ts'

function problemOf(code: string, refused: Refused, version = 0): Problem {
  switch (refused.status) {
    case 403:
      return forbidden(refused.detail)
    case 404:
      return notFound
    case 409:
      return conflict(refused.constraint ? 'conflict' : code, refused.title, refused.errors)
    case 412:
      return preconditionFailed(version)
  }
}

/** @throws Error for a refusal that a request cannot cause */
export function accountProblem(code: RefusalCode, version?: AccountOutcome['version']): Problem {
  const { request } = refusalOf(code)
  if (!request) throw new Error(`no request is refused as ${code}`)
  return problemOf(code, request, version ?? undefined)
}

/** By the code that aborts a transaction, or the constraint that Postgres names. */
export const accountConflicts: Readonly<Record<string, Problem>> = Object.fromEntries(
  refusals.flatMap(({ code, request }) => {
    if (!request) return []
    const problem = problemOf(code, request)
    const constraint = request.status === 409 ? request.constraint : undefined
    return [[code, problem], ...(constraint ? [[constraint, problem]] : [])]
  }),
)

/** The outcome of `writeAccount`, from its rows. */
export function outcomeOf(
  rows: readonly Readonly<Record<string, unknown>>[] = [],
): Result<AccountOutcome, Problem> {
  const outcome = accountOutcome.parse(rows[0]?.['account'])
  return outcome.code === null ? ok(outcome) : err(accountProblem(outcome.code, outcome.version))
}
