/**
 * The admin operations as the command line sees them. `operations.json` is built from the OpenAPI document
 * (scripts/build.ts), so a new operation is a new command without a line of code here.
 */
import { readFileSync } from 'node:fs'
import { isAdminScope } from '../../src/protocol/scope-parameter.ts'

export type ValueType = 'string' | 'integer' | 'number' | 'boolean' | 'time' | 'strings' | 'json'

/** Kinds of entities that have an id and a name. `actor`: a user or a client; `entity`: see `entity_type`. */
export type EntityKind = 'user' | 'client' | 'resource_server' | 'actor' | 'entity'

export interface CatalogueField {
  readonly name: string
  readonly type: ValueType
  readonly required: boolean
  readonly description?: string
  readonly values?: readonly string[]
  /** Of `strings` that the API takes as one text. */
  readonly separator?: ',' | ' '
  /** It holds the id of another entity, or several of them. */
  readonly refersTo?: EntityKind
  /** Where it goes in the body, for a member of an object; absent: under its name. */
  readonly path?: readonly string[]
}

/** A value of a row of a list: `a`, or `a.b` for a member of an object. */
export interface CatalogueColumn {
  readonly name: string
  readonly refersTo?: EntityKind
}

export interface CatalogueOperation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly scope: string
  readonly params: readonly CatalogueField[]
  readonly query: readonly CatalogueField[]
  /** Fields of a JSON object; absent: no body, or an upload. */
  readonly body?: readonly CatalogueField[]
  /** Media types of an upload. */
  readonly upload?: readonly string[]
  /** Demands `If-Match`. */
  readonly conditional: boolean
  readonly dangerous: boolean
  /** `page`: items with a cursor; `items`: all at once; `json`: one thing; `file`: bytes; `events`: a stream; `none`. */
  readonly answer: 'page' | 'items' | 'json' | 'file' | 'events' | 'none'
  /** Of the rows of a list. */
  readonly columns?: readonly CatalogueColumn[]
  /** Answers 202 with a job. */
  readonly startsJob: boolean
}

/** Read when first needed: `authly login` does without. */
export function loadCatalogue(): readonly CatalogueOperation[] {
  return JSON.parse(
    readFileSync(new URL('../operations.json', import.meta.url), 'utf8'),
  ) as CatalogueOperation[]
}

/** Scopes of all operations, for `login`. */
export const scopesOf = (operations: readonly CatalogueOperation[]): readonly string[] =>
  [...new Set(operations.map(({ scope }) => scope).filter(isAdminScope))].sort()
