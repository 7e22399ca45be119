/**
 * The generated part of `@authly-server/management`, from the OpenAPI document: built, never committed
 * (scripts/build.ts). Types for people, and a table from which the package makes the methods.
 */
import type { OpenApiDocument } from '../../docs/openapi/openapi-types.ts'
import { type AdminOperation, describeOperations, resolve } from './describe-operations.ts'
import { changeablePairs, resourceTypes, separatorsOf } from './resource-types.ts'
import { declarationOf } from './schema-types.ts'

const folder = 'sdk/js/management/src/generated'
const heading = '// Generated from the OpenAPI document by scripts/build.ts. Changes here are lost.\n'

/** @returns text by path in the project */
export function managementFiles(document: OpenApiDocument): Readonly<Record<string, string>> {
  const described = describeOperations(document)
  checkReservedNames(described.operations, document)
  const wanted = new Set<string>()
  const resources = resourceTypes(described, (name) => wanted.add(name))
  return {
    [`${folder}/schemas.ts`]: heading + schemaTypes(document, wanted),
    [`${folder}/resources.ts`]: `${heading}${importsFor([...wanted].sort())}\n${resources}`,
    [`${folder}/operations.ts`]: heading + operationTable(described),
  }
}

/** With what they refer to. */
function schemaTypes(document: OpenApiDocument, wanted: ReadonlySet<string>): string {
  const schemas = document.components?.schemas ?? {}
  const declared = new Map<string, string>()
  const waiting = [...wanted]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (declared.has(name)) continue
    declared.set(
      name,
      declarationOf(name, schemas[name] ?? {}, (other) => waiting.push(other)),
    )
  }
  return [...declared.keys()]
    .sort()
    .map((name) => declared.get(name))
    .join('\n')
}

const importsFor = (names: readonly string[]): string =>
  [
    `import type { ${names.join(', ')} } from './schemas.ts'`,
    "import type { Download } from '../download.ts'",
    "import type { List } from '../list.ts'",
    "import type { ChangeOptions, ConditionalOptions, KeyedOptions, RequestOptions, Versioned } from '../operation.ts'",
    "import type { Upload } from '../upload.ts'",
    '',
  ].join('\n')

function operationTable({ operations, streams }: ReturnType<typeof describeOperations>): string {
  const rows = Object.fromEntries(operations.map((operation) => [operation.name, rowOf(operation)]))
  const setting = '/admin/settings/{name}'
  const type = 'application/merge-patch+json'
  const table = {
    ...rows,
    'settings.get': { method: 'GET', path: setting, answer: 'json' },
    'settings.update': { method: 'PATCH', path: setting, answer: 'json', body: type, isConditional: true },
  }
  const changes = [...changeablePairs(operations).map(({ name }) => name), 'settings.change']
  return [
    "import type { OperationRow } from '../operation.ts'",
    '',
    `export const operations: Readonly<Record<string, OperationRow>> = ${JSON.stringify(table, null, 1)}`,
    '',
    '/** Made of `get` and `update` beside them. */',
    `export const changes: readonly string[] = ${JSON.stringify(changes)}`,
    '',
    '/** Ids of the operations that stream events. */',
    `export const streams: readonly string[] = ${JSON.stringify(streams.map(({ id }) => id))}`,
    '',
  ].join('\n')
}

function rowOf({ method, path, answer, body, upload, query, isConditional, isKeyed }: AdminOperation) {
  const separators = separatorsOf(query)
  return {
    ...{ method, path, answer },
    ...(body ? { body: body.type } : {}),
    ...(upload ? { isUpload: true } : {}),
    ...(isConditional ? { isConditional: true } : {}),
    ...(isKeyed ? { isKeyed: true } : {}),
    ...(Object.keys(separators).length > 0 ? { separators } : {}),
  }
}

const ownOptions = ['signal', 'timeoutMs', 'ifMatch', 'idempotencyKey', 'contentType', 'maxAttempts']

/** Query and options are one argument, and an ETag is a member of what has one. */
function checkReservedNames(operations: readonly AdminOperation[], document: OpenApiDocument): void {
  for (const { id, query, answers } of operations) {
    const taken = query.find(({ name }) => ownOptions.includes(name))
    if (taken)
      throw new Error(`${id} has a query parameter ${taken.name}, which is an option of every request`)
    for (const { schema, hasEtag } of answers)
      if (hasEtag && resolve(schema, document.components?.schemas ?? {}).properties?.['etag'] !== undefined)
        throw new Error(`${id} answers with a member etag, which holds the header`)
  }
}
