/**
 * `Signature-Input` and `Signature` (RFC 9421 §4), read strictly. A request carries exactly one signature with our
 * tag: with several, two parsers could each trust a different one. Components with parameters (`;sf`, `;req` …)
 * are refused, because they would not cover what our policy requires.
 */
import { isInnerList, parseDictionary, serializeInnerList } from 'structured-headers'
import { err, ok, type Result } from '../kit/result.ts'
import type { SignatureFault } from './signature-fault.ts'

export interface SignatureInput {
  readonly label: string
  /** Component names in the order signed, e.g. `@method`, `content-digest`. */
  readonly components: readonly string[]
  /** Seconds since the Unix epoch, as the other times. */
  readonly created: number | undefined
  readonly expires: number | undefined
  readonly nonce: string | undefined
  readonly alg: string | undefined
  readonly keyid: string | undefined
  readonly tag: string | undefined
  /** The value of `@signature-params`: the signed parameters of the signature itself (§2.3). */
  readonly signatureParams: string
}

export interface PresentedSignature {
  readonly input: SignatureInput
  readonly signature: Uint8Array<ArrayBuffer>
}

/** Limits the parsing of fields that are not authenticated yet. */
const maxFieldLength = 4096
const maxComponents = 32
const componentName = /^(?:@[a-z-]+|[a-z0-9!#$%&'*+.^_`|~-]+)$/
const knownParameters = new Set(['created', 'expires', 'nonce', 'alg', 'keyid', 'tag'])

/** Reads the signature of a request; `undefined` when there is none. */
export function readSignatureFields(
  headers: Pick<Headers, 'get'>,
): Result<PresentedSignature, SignatureFault> | undefined {
  const inputField = headers.get('signature-input')
  const signatureField = headers.get('signature')
  if (inputField === null && signatureField === null) return undefined
  if (inputField === null || signatureField === null) return err('malformed')
  if (inputField.length > maxFieldLength || signatureField.length > maxFieldLength) return err('too_large')
  try {
    const inputs = [...parseDictionary(inputField)]
    const signatures = [...parseDictionary(signatureField)]
    if (inputs.length > 1 || signatures.length > 1) return err('more_than_one')
    const [input] = inputs
    const [signature] = signatures
    if (!input || !signature || input[0] !== signature[0]) return err('malformed')
    const parsed = readInput(input[0], input[1])
    const bytes = signature[1][0]
    if (!parsed || !(bytes instanceof ArrayBuffer)) return err('malformed')
    return ok({ input: parsed, signature: new Uint8Array(bytes) })
  } catch {
    return err('malformed')
  }
}

type Member = ReturnType<typeof parseDictionary> extends Map<string, infer Value> ? Value : never

function readInput(label: string, member: Member): SignatureInput | undefined {
  if (!isInnerList(member)) return undefined
  const [items, parameters] = member
  if (items.length > maxComponents) return undefined
  const components: string[] = []
  for (const [name, itemParameters] of items) {
    if (typeof name !== 'string' || !componentName.test(name) || itemParameters.size > 0) return undefined
    components.push(name)
  }
  // §2.5: the same component twice is an error; `@signature-params` is always the last line, never a component.
  if (new Set(components).size < components.length || components.includes('@signature-params')) {
    return undefined
  }
  for (const name of parameters.keys()) if (!knownParameters.has(name)) return undefined
  const seconds = (name: string) => readOptional(parameters.get(name), isSeconds)
  const text = (name: string) => readOptional(parameters.get(name), isText)
  return {
    label,
    components,
    created: seconds('created'),
    expires: seconds('expires'),
    nonce: text('nonce'),
    alg: text('alg'),
    keyid: text('keyid'),
    tag: text('tag'),
    signatureParams: serializeInnerList(member),
  }
}

const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value)
const isText = (value: unknown): value is string => typeof value === 'string'

/** @throws TypeError for a value of another type; the caller answers `malformed` */
function readOptional<T>(value: unknown, is: (value: unknown) => value is T): T | undefined {
  if (value === undefined || is(value)) return value
  throw new TypeError('a signature parameter has the wrong type')
}
