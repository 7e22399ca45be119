/**
 * Builds cli/operations.json from the OpenAPI document: what the command line needs to know of the admin operations.
 */
import type {
  CatalogueColumn,
  CatalogueField,
  CatalogueOperation,
  EntityKind,
  ValueType,
} from '../../cli/api/catalogue.ts'
import {
  type OpenApiDocument,
  type Operation,
  operationsOf,
  type Parameter,
  type Schema,
} from './openapi/openapi-types.ts'

type Schemas = Readonly<Record<string, Schema>>

/** Admin operations that a program without a browser can call; WebSockets have an equivalent over HTTP. */
export function cliCatalogue(document: OpenApiDocument): readonly CatalogueOperation[] {
  const schemas = document.components?.schemas ?? {}
  const paths = Object.keys(document.paths)
  return operationsOf(document)
    .filter(({ path, operation }) => path.startsWith('/admin/') && !operation.responses['101'])
    .map(
      ({ method, path, operation }): CatalogueOperation => ({
        ...{
          id: operation.operationId as string,
          method: method.toUpperCase() as CatalogueOperation['method'],
          path,
        },
        ...{ summary: operation.summary ?? '', tag: operation.tags?.[0] ?? '' },
        ...(operation.description ? { description: operation.description.trim() } : {}),
        scope: Object.values(operation.security?.[0] ?? {})[0]?.[0] ?? '',
        params: parametersOf(operation, 'path', schemas),
        query: parametersOf(operation, 'query', schemas),
        ...withoutOwnId(bodyOf(operation, schemas), path, paths),
        conditional: (operation.parameters ?? []).some(
          ({ name, required }) => name === 'If-Match' && required,
        ),
        dangerous: (operation as Record<string, unknown>)['x-authly-dangerous'] === true,
        answer: answerOf(operation, schemas),
        ...columnsOf(operation, schemas, (name) => paths.includes(`${path}/{${name}}`)),
        startsJob: operation.responses['202'] !== undefined,
      }),
    )
}

const parametersOf = (
  { parameters = [] }: Operation,
  place: Parameter['in'],
  schemas: Schemas,
): readonly CatalogueField[] =>
  parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, required = false, description, schema = {} }) =>
      fieldOf(name, { ...schema, ...(description ? { description } : {}) }, required, schemas),
    )

function bodyOf({ requestBody }: Operation, schemas: Schemas): Pick<CatalogueOperation, 'body' | 'upload'> {
  if (!requestBody) return {}
  const types = Object.keys(requestBody.content)
  const json = requestBody.content['application/json']
  if (!json) return { upload: types }
  const { properties, required } = membersOf(json.schema ?? {}, schemas)
  return {
    body: Object.entries(properties).flatMap(([name, schema]) => [
      fieldOf(name, schema, required.includes(name), schemas),
      ...innerFieldsOf(name, schema, schemas),
    ]),
  }
}

/** What is created is given an id, rather than named by it. */
const withoutOwnId = (
  { body, upload }: Pick<CatalogueOperation, 'body' | 'upload'>,
  path: string,
  paths: readonly string[],
): Pick<CatalogueOperation, 'body' | 'upload'> =>
  body
    ? {
        body: body.map(({ refersTo, ...field }) =>
          refersTo === undefined || paths.includes(`${path}/{${field.name}}`)
            ? field
            : { ...field, refersTo },
        ),
      }
    : upload
      ? { upload }
      : {}

/** Members of an object schema, through references and unions: a member of a single alternative is never required. */
function membersOf(
  schema: Schema,
  schemas: Schemas,
): { properties: Record<string, Schema>; required: readonly string[] } {
  const own = resolve(schema, schemas)
  const parts = (own.allOf ?? []).map((part) => membersOf(part, schemas))
  const choices = (own.anyOf ?? own.oneOf ?? []).map((part) => membersOf(part, schemas))
  const properties: Record<string, Schema> = {}
  for (const part of [...parts, ...choices, { properties: own.properties ?? {} }]) {
    for (const [name, member] of Object.entries(part.properties)) {
      const known = properties[name]
      properties[name] = known ? { anyOf: [...(known.anyOf ?? [known]), member] } : member
    }
  }
  return { properties, required: [...(own.required ?? []), ...parts.flatMap(({ required }) => required)] }
}

/** Members of an object get options of their own: `--setup-method`. */
function innerFieldsOf(name: string, schema: Schema, schemas: Schemas): readonly CatalogueField[] {
  const { properties } = membersOf(schema, schemas)
  return Object.entries(properties)
    .filter(([, inner]) => typeOf(resolve(inner, schemas), schemas) !== 'json')
    .map(([inner, innerSchema]) => ({
      ...fieldOf(`${name}.${inner}`, innerSchema, false, schemas),
      path: [name, inner],
    }))
}

function fieldOf(name: string, schema: Schema, required: boolean, schemas: Schemas): CatalogueField {
  const resolved = resolve(schema, schemas)
  const description = schema.description ?? resolved.description
  const { separator, values: listed } = separatedList(resolved)
  const type = separator === undefined ? typeOf(resolved, schemas) : 'strings'
  const values =
    listed ?? valuesOf(type === 'strings' ? resolve(resolved.items ?? {}, schemas) : resolved, schemas)
  const refersTo = referenceOf(name)
  return {
    ...{ name, type, required },
    ...(separator === undefined ? {} : { separator }),
    ...(refersTo === undefined ? {} : { refersTo }),
    ...(description ? { description: description.trim().replace(/\.$/, '') } : {}),
    ...(values ? { values } : {}),
  }
}

/** A list that the API takes as one text. */
const separatedList = (schema: Schema): { separator?: ',' | ' '; values?: readonly string[] } =>
  (schema['x-authly-list'] ?? {}) as ReturnType<typeof separatedList>

const references: Readonly<Record<string, EntityKind>> = {
  ...{ user_id: 'user', client_id: 'client', actor_id: 'actor', admin_id: 'actor', entity_id: 'entity' },
  ...{ resource: 'resource_server', resources: 'resource_server', serves_resources: 'resource_server' },
  'actor.id': 'actor',
}

/** What the id in a field of this name belongs to; the API calls the same thing the same everywhere. */
const referenceOf = (name: string): EntityKind | undefined =>
  references[name] ?? references[name.slice(name.indexOf('.') + 1)]

/** @param isOwnId whether a name is that of the rows' own id */
function columnsOf(
  operation: Operation,
  schemas: Schemas,
  isOwnId: (name: string) => boolean,
): Pick<CatalogueOperation, 'columns'> {
  const [, success] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? []
  const { properties } = membersOf(success?.content?.['application/json']?.schema ?? {}, schemas)
  const items = properties['items']
  if (!items) return {}
  const row = membersOf(resolve(resolve(items, schemas).items ?? {}, schemas), schemas).properties
  const columnOf = (name: string): CatalogueColumn => {
    const refersTo = isOwnId(name) || isNamed(name, row) ? undefined : referenceOf(name)
    return { name, ...(refersTo === undefined ? {} : { refersTo }) }
  }
  const columns = Object.entries(row).flatMap(([name, schema]) => [
    columnOf(name),
    ...Object.keys(membersOf(schema, schemas).properties).map((inner) => columnOf(`${name}.${inner}`)),
  ])
  return { columns }
}

/** The row holds the name itself: `client_name` beside `client_id`. */
const isNamed = (name: string, row: Readonly<Record<string, Schema>>): boolean =>
  Object.hasOwn(row, name.replace(/_id$/, '_name')) && name.endsWith('_id')

function typeOf(schema: Schema, schemas: Schemas): ValueType {
  const choices = (schema.anyOf ?? schema.oneOf ?? [])
    .map((choice) => resolve(choice, schemas))
    .filter(({ type }) => type !== 'null')
  const kinds = new Set(choices.map((choice) => typeOf(choice, schemas)))
  if (choices.length > 0) return kinds.size === 1 ? ([...kinds][0] as ValueType) : 'json'
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null')
  if (types.length !== 1) return schema.enum || schema.const !== undefined ? 'string' : 'json'
  if (types[0] === 'array') {
    return resolve(schema.items ?? {}, schemas).type === 'string' ? 'strings' : 'json'
  }
  if (types[0] === 'string' && schema.format === 'date-time') return 'time'
  return types[0] === 'object' ? 'json' : (types[0] as ValueType)
}

function valuesOf(schema: Schema, schemas: Schemas): readonly string[] | undefined {
  const choices = (schema.anyOf ?? schema.oneOf ?? []).map((choice) => resolve(choice, schemas))
  const lists = [schema, ...choices].flatMap(
    (one) => one.enum ?? (one.const === undefined ? [] : [one.const]),
  )
  const values = lists.filter((value): value is string => typeof value === 'string')
  return values.length > 0 ? values : undefined
}

function answerOf({ responses }: Operation, schemas: Schemas): CatalogueOperation['answer'] {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
  const [type = '', media] = Object.entries(success?.content ?? {})[0] ?? []
  if (type === '') return 'none'
  if (type === 'text/event-stream') return 'events'
  if (Object.keys(success?.content ?? {}).length > 1 || type !== 'application/json') return 'file'
  const { properties } = membersOf(media?.schema ?? {}, schemas)
  if (!properties['items']) return 'json'
  return properties['page_info'] ? 'page' : 'items'
}

function resolve(schema: Schema, schemas: Schemas): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined
    ? schema
    : { ...resolve(schemas[name] ?? {}, schemas), ...withoutReference(schema) }
}

const withoutReference = ({ $ref: _, ...rest }: Schema): Schema => rest
