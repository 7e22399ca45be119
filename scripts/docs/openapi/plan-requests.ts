/**
 * The order in which the operations of the document can be called one after another against a running server: create,
 * list, read, change, act upon, delete; and what to keep of each answer for later requests.
 */
import { type LocatedOperation, type OpenApiDocument, operationsOf } from './openapi-types.ts'
import { pathVariable, type SampleRequest, sampleRequest } from './samples/sample-request.ts'
import { plainWishOf } from './samples/sample-wishes.ts'

export interface PlannedRequest extends LocatedOperation {
  readonly tag: string
  readonly request: SampleRequest
  /** Path parameter whose value is the last segment of `Location`, or a member of the answer. */
  readonly makes: { readonly parameter: string; readonly variable: string } | undefined
  /** Statuses the document declares. */
  readonly declared: readonly number[]
}

/** Requests made by programs; pages, WebSockets and endless answers are left out. */
export function planRequests(document: OpenApiDocument): readonly PlannedRequest[] {
  const tags = (document.tags ?? []).map(({ name }) => name)
  const planned = operationsOf(document)
    .filter(({ operation }) => operation['x-codeSamples'] !== undefined && !('101' in operation.responses))
    .map((located) => plan(located, document))
    .filter(({ request }) => !request.streams)
  const collection = (path: string) => path.split('/{')[0] as string
  return planned.toSorted(
    (a, b) =>
      urgency(b) - urgency(a) ||
      tags.indexOf(a.tag) - tags.indexOf(b.tag) ||
      collection(a.path).localeCompare(collection(b.path)) ||
      phaseOf(a) - phaseOf(b) ||
      (phaseOf(a) === phases.remove ? depth(b.path) - depth(a.path) : depth(a.path) - depth(b.path)) ||
      a.path.localeCompare(b.path),
  )
}

function plan(located: LocatedOperation, document: OpenApiDocument): PlannedRequest {
  const { method, path, operation } = located
  const isCreation = method === 'post' && '201' in operation.responses
  const child = operationsOf(document).find((other) => other.path.startsWith(`${path}/{`))
  return {
    ...located,
    // Revocation ends the token that the other requests use.
    tag: operation.operationId === 'revokeToken' ? 'Afterwards' : (operation.tags?.[0] ?? ''),
    request: sampleRequest(located, document, plainWishOf(operation.operationId as string)),
    makes: isCreation && child ? madeBy(path, child.path) : undefined,
    declared: Object.keys(operation.responses).map(Number),
  }
}

function madeBy(path: string, child: string): PlannedRequest['makes'] {
  const parameter = child.slice(path.length + 2).split('}')[0] as string
  return { parameter, variable: pathVariable(child, parameter) }
}

const phases = { make: 0, list: 1, read: 2, change: 3, act: 4, remove: 5 } as const

function phaseOf({ method, path, makes }: PlannedRequest): number {
  const isAboutOne = path.includes('{')
  if (method === 'delete') return phases.remove
  if (method === 'get') return isAboutOne ? phases.read : phases.list
  if (method === 'post' && !isAboutOne && makes !== undefined) return phases.make
  return method === 'post' ? phases.act : phases.change
}

/** The token comes first, its revocation last. */
const urgency = ({ operation }: PlannedRequest): number =>
  operation.operationId === 'issueToken' ? 1 : operation.operationId === 'revokeToken' ? -1 : 0

const depth = (path: string): number => path.split('/').length
