import { AuthlyError } from './errors.ts'

/** `init` is of the one call: a `Request` made from another loses its body in some runtimes (the Edge of Next.js 15). */
export type Fetch = (request: Request, init?: RequestInit) => Promise<Response>

export type JsonObject = Readonly<Record<string, unknown>>

export interface JsonAnswer {
  readonly response: Response
  readonly value: JsonObject
}

/**
 * The JSON object that a request is answered with.
 * @throws AuthlyError with the `error` of OAuth and its description when the server refuses; `network_error` when it
 * cannot be reached; `invalid_response` when the answer is no JSON object
 */
export async function readJson(fetch: Fetch, request: Request): Promise<JsonAnswer> {
  const response = await send(fetch, request)
  const value = await jsonObject(response)
  if (response.ok && value) return { response, value }
  throw errorOf(response, value)
}

/** @throws AuthlyError `network_error` */
export async function send(fetch: Fetch, request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (cause) {
    throw new AuthlyError('network_error', { cause })
  }
}

/** The answer's body when it is a JSON object. */
export async function jsonObject(response: Response): Promise<JsonObject | undefined> {
  try {
    const value: unknown = await response.json()
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}

/** What a refusal says (RFC 6749 §5.2), or that it says nothing of use. */
export function errorOf(response: Response, value: JsonObject | undefined): AuthlyError {
  const { error, error_description: description } = value ?? {}
  return new AuthlyError(typeof error === 'string' ? error : 'invalid_response', {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    ...(typeof description === 'string' ? { description } : {}),
  })
}
