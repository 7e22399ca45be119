import { AuthlyError, randomToken } from '@authly-server/core'
import { downloadOf } from './download.ts'
import { PreconditionFailed } from './errors.ts'
import { listOf } from './list.ts'
import { countOfParameters, type OperationRow, pathOf, queryOf } from './operation.ts'
import type { Transport } from './transport.ts'
import { type Body, jsonBody, type Upload, uploadBody } from './upload.ts'

type Method = (...values: readonly unknown[]) => unknown

interface Group {
  [name: string]: Method | Group
}

/** The methods of the generated tables, as a tree by the dots of their names. */
export function makeClient(
  transport: Transport,
  operations: Readonly<Record<string, OperationRow>>,
  changes: readonly string[],
): Group {
  const root: Group = Object.create(null)
  for (const [name, row] of Object.entries(operations)) put(root, name, methodOf(transport, row))
  for (const name of changes) {
    const get = operations[name.replace(/change$/, 'get')]
    const update = operations[name.replace(/change$/, 'update')]
    if (get && update) put(root, name, changeOf(transport, get, update))
  }
  return root
}

function put(root: Group, name: string, method: Method): void {
  const groups = name.split('.')
  const last = groups.pop() ?? ''
  let group = root
  for (const part of groups) {
    group[part] ??= Object.create(null) as Group
    group = group[part] as Group
  }
  group[last] = method
}

/** Called as the generated types say: ids, then a body, then options. */
function methodOf(transport: Transport, row: OperationRow): Method {
  const ids = countOfParameters(row)
  const hasBody = row.body !== undefined || row.isUpload === true
  return (...values) => {
    const path = pathOf(row, values)
    const body = hasBody ? values[ids] : undefined
    const options = (values[hasBody ? ids + 1 : ids] ?? {}) as Options
    if (row.answer === 'page' || row.answer === 'items') return listOf(transport, row, path, options)
    return send(transport, row, { path, body, options })
  }
}

interface Options extends Readonly<Record<string, unknown>> {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly ifMatch?: string
  readonly idempotencyKey?: string | undefined
  readonly contentType?: string
}

async function send(
  transport: Transport,
  row: OperationRow,
  { path, body, options }: { readonly path: string; readonly body?: unknown; readonly options: Options },
): Promise<unknown> {
  const { signal, timeoutMs, ifMatch } = options
  // The server demands it too; without one this would be a change of whatever is there.
  if (row.isConditional && !ifMatch) throw new TypeError('ifMatch is required: the etag that was read, or *')
  const call = {
    ...{ method: row.method, path, query: queryOf(options, row.separators) },
    ...bodyOf(row, body, options),
    options: {
      signal,
      // An upload takes as long as its sender.
      timeoutMs: timeoutMs ?? (row.isUpload ? Number.POSITIVE_INFINITY : undefined),
      ...(row.isConditional ? { ifMatch } : {}),
      ...(row.isKeyed ? { idempotencyKey: options.idempotencyKey ?? randomToken() } : {}),
    },
  }
  if (row.answer === 'none') return transport.none(call)
  if (row.answer === 'file') return downloadOf(await transport.stream(call))
  const { value, response } = await transport.json(call)
  return versioned(value, response)
}

function bodyOf(row: OperationRow, value: unknown, { contentType }: Options): { readonly body?: Body } {
  if (row.isUpload) {
    if (typeof contentType !== 'string') throw new TypeError('contentType is required: what the upload is')
    return { body: uploadBody(value as Upload, contentType) }
  }
  return row.body === undefined || value === undefined ? {} : { body: jsonBody(value, row.body) }
}

function versioned(value: object, response: Response): object {
  const etag = response.headers.get('etag')
  return etag === null ? value : Object.defineProperty(value, 'etag', { value: etag, enumerable: false })
}

const defaultChanges = 5

/** Optimistic: reads, edits and writes again until nobody was faster. */
function changeOf(transport: Transport, get: OperationRow, update: OperationRow): Method {
  const ids = countOfParameters(get)
  return async (...values) => {
    const path = pathOf(get, values)
    const edit = values[ids] as (current: unknown) => unknown
    const { maxAttempts = defaultChanges, ...options } = (values[ids + 1] ?? {}) as Options & {
      readonly maxAttempts?: number
    }
    for (let attempts = 1; ; attempts++) {
      const current = (await send(transport, get, { path, options })) as { readonly etag?: string }
      if (current.etag === undefined)
        throw new AuthlyError('invalid_response', { description: 'the answer has no ETag' })
      const body = await edit(current)
      if (body === undefined) return current
      try {
        return await send(transport, update, { path, body, options: { ...options, ifMatch: current.etag } })
      } catch (error) {
        if (!(error instanceof PreconditionFailed) || attempts >= maxAttempts) throw error
      }
    }
  }
}
