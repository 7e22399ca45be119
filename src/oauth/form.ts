/** Reads a form body: the only body OAuth endpoints take (RFC 6749 appendix B). */
import { err, ok, type Result } from '../kit/result.ts'
import { type Parameters, parseParameters } from './parameters.ts'
import { invalidRequest, type OAuthRefusal, refuse } from './refusal.ts'

/** Generous for a client assertion with a certificate chain; small against memory exhaustion. */
export const maxFormBytes = 64 * 1024

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Parameters of a form post; refuses other media types, large bodies, bad UTF-8 and repeated parameters. */
export async function readForm(request: Request): Promise<Result<Parameters, OAuthRefusal>> {
  const contentType = request.headers.get('content-type')
  if (!contentType || !isForm(contentType)) {
    return err(
      refuse('invalid_request', 'the body must be application/x-www-form-urlencoded', { status: 415 }),
    )
  }
  const text = await readText(request, maxFormBytes)
  if (!text.ok) return text
  const parameters = parseParameters(text.value)
  if (!parameters.ok) return err(invalidRequest(parameters.error))
  const [duplicate] = parameters.value.duplicates
  if (duplicate !== undefined) return err(invalidRequest(`${printable(duplicate)} is sent more than once`))
  return parameters
}

const isForm = (contentType: string): boolean =>
  contentType === 'application/x-www-form-urlencoded' ||
  /^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType)

/** A parameter name as it may appear in an `error_description` (RFC 6749 appendix A.8). */
export const printable = (name: string): string => name.replace(/[^\w.-]/g, '?')

/** The body as text, refused as soon as it exceeds `limit` bytes, whatever Content-Length claims. */
async function readText(request: Request, limit: number): Promise<Result<string, OAuthRefusal>> {
  const tooLarge = refuse('invalid_request', 'the body is too large', { status: 413 })
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > limit) return err(tooLarge)
    return decodeUtf8(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limit) return err(tooLarge)
    chunks.push(chunk)
  }
  return decodeUtf8(await new Blob(chunks).arrayBuffer())
}

function decodeUtf8(bytes: ArrayBuffer): Result<string, OAuthRefusal> {
  try {
    return ok(strictUtf8.decode(bytes))
  } catch {
    return err(invalidRequest('the body is not valid UTF-8'))
  }
}
