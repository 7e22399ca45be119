/** Route metadata for the OpenAPI document, for endpoints that read their own bodies (forms, pages). */
import { type Handler, Hono } from 'hono'
import type { RequestContext } from './request-context.ts'
import { templateOf } from './route-template.ts'

export interface RouteDescription {
  /** `operationId`: stable, because generated clients derive function names from it. */
  readonly id: string
  readonly method: 'get' | 'post' | 'put' | 'delete'
  readonly path: string
  readonly summary: string
  /** The specification it implements. */
  readonly spec?: string
  readonly tag: 'OAuth 2.1' | 'OpenID Connect' | 'Sign-in' | 'Account' | 'Operations'
  /** Status codes and when they occur. */
  readonly responses: Readonly<Record<number, string>>
}

/** Refusals of every endpoint that reads a form, before it looks at the fields. */
export const formRefusals = {
  400: 'The request is malformed',
  413: 'The body is larger than 64 KiB',
  415: 'The body is not a form',
} as const

/** The same for forms of hosted pages, which accept posts from our own pages only. */
export const pageFormRefusals = {
  ...formRefusals,
  403: 'The form did not come from this server’s page',
} as const

/** Requests that remember which route answers them. */
interface ObservedEnv {
  Bindings: Pick<RequestContext, 'route'>
}

/**
 * A router that keeps the descriptions of its routes for the generator of the OpenAPI document. They are not used
 * while serving, and there are no request validators: these endpoints have their own strict parsers, because a
 * generic one would keep the last of two repeated parameters. Parameters, bodies, headers and examples are prose
 * that no request needs: they are in `scripts/docs/openapi/`, by `id` (docs/decisions/0007).
 */
export class DescribedRoutes<E extends ObservedEnv> extends Hono<E> {
  readonly descriptions: RouteDescription[] = []

  /** Mounts a handler at the described route. */
  describe(description: RouteDescription, handler: Handler<E>): this {
    this.descriptions.push(description)
    // The document writes `/a/{b}`, the router `/a/:b`.
    return this.serve(description.method, description.path.replaceAll(/\{(\w+)\}/g, ':$1'), handler)
  }

  /** Mounts a handler at a route that no document describes. */
  serve(method: RouteDescription['method'], path: string, handler: Handler<E>): this {
    const template = templateOf(path)
    this.on(method.toUpperCase(), [path], (c, next) => {
      c.env.route = template
      return handler(c, next)
    })
    return this
  }
}
