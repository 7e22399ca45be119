/** A row of the generated table: how one operation is asked for. */
export interface OperationRow {
  readonly method: string
  /** With `{names}` of parameters. */
  readonly path: string
  /** `page`: items with a cursor; `items`: all at once; `json`: one thing; `file`: bytes; `none`. */
  readonly answer: string
  /** Media type of a JSON body. */
  readonly body?: string
  readonly isUpload?: boolean
  /** Demands `If-Match`. */
  readonly isConditional?: boolean
  /** Takes an `Idempotency-Key`. */
  readonly isKeyed?: boolean
  /** Of query parameters that are lists in one text. */
  readonly separators?: Readonly<Record<string, string>>
}

/** What every request may be given. */
export interface RequestOptions {
  /** Ends the request, its repetitions and its waits. */
  readonly signal?: AbortSignal | undefined
  /** For each attempt, until its answer has been read. Default: that of the client. */
  readonly timeoutMs?: number | undefined
}

export interface KeyedOptions extends RequestOptions {
  /**
   * What makes a repetition harmless for 24 hours, also from another process. One of its own is made for each call
   * that has none, and kept across its attempts.
   */
  readonly idempotencyKey?: string | undefined
}

export interface ConditionalOptions extends RequestOptions {
  /** The `etag` of what was read, or `*` for any version. */
  readonly ifMatch: string
}

export interface ChangeOptions extends RequestOptions {
  /** How often it is read and written before a 412 is thrown. Default 5. */
  readonly maxAttempts?: number | undefined
}

/** What was answered, with its version for `ifMatch`. `etag` is not enumerable: it is no member of the thing. */
export type Versioned<T> = T & { readonly etag: string }

/** @throws TypeError for what would make another path */
export function pathOf(row: Pick<OperationRow, 'path'>, values: readonly unknown[]): string {
  let index = 0
  return row.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[index++]
    // Attack: an id from outside, `..` or nothing, that leads to another operation: all sessions in place of one.
    if (typeof value !== 'string' || value === '' || /^\.{1,2}$/.test(value))
      throw new TypeError(`${name} must be a text that names one thing`)
    return encodeURIComponent(value)
  })
}

export const countOfParameters = ({ path }: Pick<OperationRow, 'path'>): number =>
  path.match(/\{\w+\}/g)?.length ?? 0

const notQuery = new Set(['signal', 'timeoutMs', 'ifMatch', 'idempotencyKey', 'contentType'])

/** Everything of the options that is no option of ours. */
export function queryOf(
  options: Readonly<Record<string, unknown>>,
  separators: Readonly<Record<string, string>> = {},
): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || notQuery.has(name)) continue
    query.set(name, Array.isArray(value) ? value.join(separators[name] ?? ',') : String(value))
  }
  return query
}
