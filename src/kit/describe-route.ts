/** Route metadata for the OpenAPI document, for endpoints that read their own bodies (forms, pages). */
import { createRoute } from '@hono/zod-openapi'

export interface RouteDescription {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly summary: string
  /** The specification it implements. */
  readonly spec?: string
  readonly tag: 'OAuth 2.1' | 'OpenID Connect' | 'Sign-in' | 'Account' | 'Operations'
  /** Status codes and when they occur. */
  readonly responses: Readonly<Record<number, string>>
}

/**
 * A route definition without request validators: these endpoints have their own strict parsers, because a
 * generic one would keep the last of two equal parameters.
 */
export const describeRoute = ({ method, path, summary, spec, tag, responses }: RouteDescription) =>
  createRoute({
    method,
    path,
    summary,
    ...(spec ? { description: spec } : {}),
    tags: [tag],
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, description]) => [status, { description }]),
    ),
  })
