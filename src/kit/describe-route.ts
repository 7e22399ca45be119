/** Route metadata for the OpenAPI document, for endpoints that read their own bodies (forms, pages). */
import { createRoute } from '@hono/zod-openapi'

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
 * A route definition without request validators: these endpoints have their own strict parsers, because a
 * generic one would keep the last of two equal parameters. Parameters, bodies, headers and examples are prose
 * that no request needs: they stand in `scripts/docs/openapi/`, by `id` (docs/decisions/0007).
 */
export const describeRoute = ({ id, method, path, summary, spec, tag, responses }: RouteDescription) =>
  createRoute({
    operationId: id,
    method,
    path,
    summary,
    ...(spec ? { description: spec } : {}),
    tags: [tag],
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, description]) => [status, { description }]),
    ),
  })
