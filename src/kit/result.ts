/** Expected failures are values; only bugs throw. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error })

/**
 * For `switch` statements over tagged unions: fails to compile when a case is missing. The error does not quote the
 * value, which may be secret, because errors are logged.
 */
export function unreachable(_value: never): never {
  throw new Error('unhandled case')
}
