/** Uploads of accounts: which formats are accepted, and that the text is UTF-8. */
import type { InputFormat } from '../../../jobs/formats/input-row.ts'
import { inputBounds } from '../../../jobs/formats/input-row.ts'
import type { Problem } from '../../../kit/problem.ts'
import { err, ok, type Result } from '../../../kit/result.ts'
import { invalidRequest, unsupportedMediaType } from '../../problems.ts'

const formats: Readonly<Record<string, InputFormat>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
}

/** `utf8` is what many clients say (RFC 9110 §8.3.2 knows `utf-8`); ASCII is UTF-8. */
const charsets: readonly string[] = ['utf-8', 'utf8', 'us-ascii']

export const userUpload = { contentTypes: Object.keys(formats), maxBytes: inputBounds.totalBytes }

export interface Upload {
  readonly body: ReadableStream<Uint8Array>
  readonly format: InputFormat
}

/** The upload of a request. A charset other than UTF-8 is refused before a byte is read. */
export function openUpload(request: Request): Result<Upload, Problem> {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';')
  const format = formats[type.trim()]
  if (!format) return err(unsupportedMediaType(userUpload.contentTypes))
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/.exec(parameter)?.[1])
    .find((name) => name !== undefined)
  if (charset !== undefined && !charsets.includes(charset)) {
    const reason = `The charset ${charset.slice(0, 40)} is not read; send UTF-8.`
    return err(unsupportedMediaType(userUpload.contentTypes, reason))
  }
  if (!request.body) return err(invalidRequest([{ pointer: '', detail: 'an upload is expected' }]))
  return ok({ body: request.body, format })
}
