/**
 * Reads the input of an operation. Strict: an unknown or repeated parameter, an unknown property or a wrong type is an
 * error that names its place, because ignoring a mistyped filter would apply the operation to everybody.
 */
import type { z } from '@hono/zod-openapi'
import { describeFault } from '../kit/describe-fault.ts'
import { type Fault, ofUnknownName, type Problem } from '../kit/problem.ts'
import { readRequestText } from '../kit/read-body.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { isStorable } from '../kit/storable.ts'
import type { Operation } from './operation.ts'
import {
  bodyTooLarge,
  invalidRequest,
  notFound,
  preconditionRequired,
  unsupportedMediaType,
} from './problems.ts'

/** JSON bodies of admin requests are small, like forms. */
export const maxJsonBytes = 262_144

export interface Input {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly expectedVersions: readonly number[] | undefined
  /** The body as sent, for the idempotency fingerprint. */
  readonly bodyText: string
}

/** Parses path, query, `If-Match` and body, in this order. */
export async function readInput(
  operation: Operation,
  request: Request,
  pathParams: Readonly<Record<string, string>>,
): Promise<Result<Input, Problem>> {
  const params = operation.params?.safeParse(pathParams, { error: describeFault })
  // A malformed id names no existing resource.
  if (params?.success === false) return err(notFound)
  const query = readQuery(operation, new URL(request.url).searchParams)
  if (!query.ok) return query
  const versions = operation.conditional ? readIfMatch(request.headers.get('if-match')) : ok(undefined)
  if (!versions.ok) return versions
  const body = await readBody(operation, request)
  if (!body.ok) return body
  const { value: parsedBody, text } = body.value
  return ok({
    params: params?.data ?? {},
    query: query.value,
    body: parsedBody,
    expectedVersions: versions.value,
    bodyText: text,
  })
}

function readQuery(operation: Operation, search: URLSearchParams): Result<unknown, Problem> {
  const values: Record<string, string> = {}
  for (const [name, value] of search) {
    if (Object.hasOwn(values, name)) {
      return err(invalidRequest([{ parameter: name, detail: 'must not be repeated' }]))
    }
    if (!operation.query || !Object.hasOwn(operation.query.shape, name)) {
      return err(
        invalidRequest([ofUnknownName({ parameter: name, detail: 'is not a parameter of this operation' })]),
      )
    }
    // Postgres cannot store NUL: the value would match nothing and cause an error.
    if (value.includes('\0')) return err(invalidRequest([{ parameter: name, detail: 'must not hold NUL' }]))
    values[name] = value
  }
  if (!operation.query) return ok({})
  const parsed = operation.query.safeParse(values, { error: describeFault })
  if (parsed.success) return ok(parsed.data)
  return err(
    invalidRequest(
      parsed.error.issues.map(({ path, message }) => ({ parameter: String(path[0] ?? ''), detail: message })),
    ),
  )
}

/** `"<version>"`, a list of them, or `*` (RFC 9110 §13.1.1). Weak tags never match: the comparison is strong. */
function readIfMatch(header: string | null): Result<readonly number[] | undefined, Problem> {
  if (header === null) return err(preconditionRequired)
  if (header.trim() === '*') return ok(undefined)
  const tags = header.split(',').map((tag) => tag.trim())
  if (tags.length > 20 || !tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    return err(invalidRequest([{ header: 'if-match', detail: 'must be entity tags or *' }]))
  }
  return ok(tags.flatMap((tag) => (/^"\d{1,15}"$/.test(tag) ? [Number(tag.slice(1, -1))] : [])))
}

async function readBody(
  operation: Operation,
  request: Request,
): Promise<Result<{ value: unknown; text: string }, Problem>> {
  const contentType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (operation.upload) {
    const { contentTypes, maxBytes } = operation.upload
    if (!contentTypes.includes(contentType)) return err(unsupportedMediaType(contentTypes))
    // Attack: a small archive that unpacks to terabytes.
    if (request.headers.has('content-encoding')) {
      return err(unsupportedMediaType(contentTypes, 'Compressed uploads are not unpacked; send the text.'))
    }
    if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return err(bodyTooLarge(maxBytes))
    return ok({ value: undefined, text: '' })
  }
  if (!operation.body) {
    const text = await readRequestText(request, maxJsonBytes)
    if (text === undefined) return err(bodyTooLarge(maxJsonBytes))
    return text === ''
      ? ok({ value: undefined, text })
      : err(invalidRequest([{ pointer: '', detail: 'no body is expected' }]))
  }
  const accepted = operation.method === 'patch' ? patchTypes : jsonTypes
  if (!accepted.includes(contentType)) return err(unsupportedMediaType(accepted))
  const text = await readRequestText(request, maxJsonBytes)
  if (text === undefined) return err(bodyTooLarge(maxJsonBytes))
  const json = parseJson(text)
  if (!json.ok) return json
  const parsed = operation.body.safeParse(json.value, { error: describeFault })
  if (parsed.success) return ok({ value: parsed.data, text })
  return err(invalidRequest(parsed.error.issues.flatMap(toFaults)))
}

const jsonTypes = ['application/json']
const patchTypes = ['application/merge-patch+json', 'application/json']

/** JSON that Postgres can store: no NUL, no unpaired surrogate. */
function parseJson(text: string): Result<unknown, Problem> {
  try {
    const value: unknown = JSON.parse(text)
    if (!isStorable(value)) {
      return err(invalidRequest([{ pointer: '', detail: 'text must be well-formed Unicode without NUL' }]))
    }
    return ok(value)
  } catch {
    return err(invalidRequest([{ pointer: '', detail: 'must be JSON' }]))
  }
}

function toFaults(issue: z.core.$ZodIssue): readonly Fault[] {
  const pointer = (path: readonly PropertyKey[]) =>
    `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      ofUnknownName({
        pointer: pointer([...issue.path, key]),
        // The message of a schema may be more precise.
        detail: issue.message.startsWith('Unrecognized') ? 'is not a known property' : issue.message,
      }),
    )
  }
  return [{ pointer: pointer(issue.path), detail: issue.message }]
}
