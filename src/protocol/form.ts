/** Reads a form body: the only kind of body that OAuth endpoints accept (RFC 6749 appendix B). */
import { readRequestText } from '../kit/read-body.ts'
import { err, type Result } from '../kit/result.ts'
import { type Parameters, parseParameters } from './parameters.ts'
import { invalidRequest, type OAuthRefusal, refuse, repeatedParameter } from './refusal.ts'

/** Enough for a client assertion with a certificate chain; small enough to prevent memory exhaustion. */
export const maxFormBytes = 64 * 1024

/** The parameters of a form post. Refuses other media types, large bodies, invalid UTF-8 and repeated parameters. */
export async function readForm(request: Request): Promise<Result<Parameters, OAuthRefusal>> {
  const contentType = request.headers.get('content-type')
  if (!contentType || !isForm(contentType)) {
    return err(
      refuse('invalid_request', 'the body must be application/x-www-form-urlencoded', { status: 415 }),
    )
  }
  const text = await readRequestText(request, maxFormBytes)
  if (text === undefined) return err(refuse('invalid_request', 'the body is too large', { status: 413 }))
  // Form encoding is ASCII; other bytes, invalid UTF-8 included, are a client error.
  if (!ascii.test(text)) return err(invalidRequest('the body is not form-encoded'))
  const parameters = parseParameters(text)
  if (!parameters.ok) return err(invalidRequest(parameters.error))
  const [duplicate] = parameters.value.duplicates
  if (duplicate !== undefined) return err(repeatedParameter(printable(duplicate)))
  return parameters
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are refused with a reason of their own
const ascii = /^[\x00-\x7f]*$/

const isForm = (contentType: string): boolean =>
  contentType === 'application/x-www-form-urlencoded' ||
  /^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType)

/** A parameter name made safe for `error_description` (RFC 6749 appendix A.8). */
export const printable = (name: string): string => name.replace(/[^\w.-]/g, '?')
