/** Route metadata for the OpenAPI document, for endpoints that read their own bodies (forms, pages). */
import { type Env, type Handler, Hono } from 'hono'

export interface RouteDescription {
  /** `operationId`: stable, since generated clients name their functions after it. */
  readonly id: string
  readonly method: 'get' | 'post'
  readonly path: string
  readonly summary: string
  /** The specification it implements. */
  readonly spec?: string
  readonly tag: 'OAuth 2.1' | 'OpenID Connect' | 'Sign-in' | 'Account' | 'Operations'
  /** Status codes and when they occur. */
  readonly responses: Readonly<Record<number, string>>
}

/** What every endpoint that reads a form may answer before it looks at the fields. */
export const formRefusals = {
  400: 'The request is malformed',
  413: 'The body is larger than 64 KiB',
  415: 'The body is not a form',
} as const

/** The same for the forms of hosted pages, which take posts of their own pages only. */
export const pageFormRefusals = {
  ...formRefusals,
  403: 'The form did not come from this server’s page',
} as const

/**
 * A router that remembers what its routes say of themselves, for who writes the OpenAPI document. Nothing is made of
 * it while serving, and there are no request validators: these endpoints have their own strict parsers, because a
 * generic one would keep the last of two equal parameters. Parameters, bodies, headers and examples are prose
 * that no request needs: they stand in `scripts/docs/openapi/`, by `id` (docs/decisions/0007).
 */
export class DescribedRoutes<E extends Env> extends Hono<E> {
  readonly descriptions: RouteDescription[] = []

  /** Mounts a handler under its description. */
  describe(description: RouteDescription, handler: Handler<E>): this {
    this.descriptions.push(description)
    this.on(description.method.toUpperCase(), [description.path], handler)
    return this
  }
}
