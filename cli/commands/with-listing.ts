/** Refusals of names that there are not, with the command that lists those there are. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { Failure } from '../failure.ts'
import { nameOperation } from './name-operation.ts'

interface Refusal {
  readonly status?: number
  readonly errors?: readonly { readonly pointer?: string }[]
}

/** A refusal of what is not there, with the command that lists what is. */
export function withListing(
  error: unknown,
  { path }: CatalogueOperation,
  all: readonly CatalogueOperation[],
): unknown {
  if (!(error instanceof Failure) || error.hint !== undefined) return error
  const { status, errors = [] } = (error.problem ?? {}) as Refusal
  const lists = all.filter((one) => nameOperation(one, all).at(-1) === 'list')
  // `roles` or `scope` in the body: what there is, `roles list` and `scopes list` show.
  const named = errors.flatMap(({ pointer }) => pointer?.split('/')[1] ?? [])
  const list =
    status === 404
      ? lists
          .filter((other) => path.startsWith(`${other.path}/`))
          .sort((a, b) => b.path.length - a.path.length)[0]
      : lists.find((other) => named.some((name) => other.path === `/admin/${name.replace(/s?$/, 's')}`))
  if (!list) return error
  const { reason, message, problem } = error
  const words = ['authly', ...nameOperation(list, all), ...list.params.map(({ name }) => `<${name}>`)]
  return new Failure(reason, message, { problem, hint: `${words.join(' ')} shows what there is.` })
}
