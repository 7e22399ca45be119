/** `sdk/vectors` for the tests of the API package and of the server. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWK } from 'jose'

type HeaderValue = string | readonly string[]

export interface VectorRequest {
  readonly method?: string
  readonly url?: string
  readonly headers: Readonly<Record<string, HeaderValue>>
}

export interface ApiVector {
  readonly name: string
  readonly input: VectorRequest & {
    readonly issuer: string
    readonly audience: string
    readonly clock_tolerance_seconds: number
    /** Seconds. */
    readonly now: number
    readonly require?: {
      readonly scopes?: readonly string[]
      readonly acr?: readonly string[]
      readonly max_age?: number
    }
    readonly dpop?: 'required'
    readonly nonces?: readonly string[]
    readonly before?: readonly VectorRequest[]
  }
  readonly expect: {
    readonly error?: string
    readonly sub?: string
    readonly client_id?: string
    readonly scopes?: readonly string[]
  }
}

export interface ApiVectors {
  readonly issuer_jwks: { readonly keys: readonly JWK[] }
  readonly cases: readonly ApiVector[]
}

export const readVectors = (name: 'access-tokens' | 'dpop'): ApiVectors =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../sdk/vectors', `${name}.json`), 'utf8'),
  ) as ApiVectors

/** A header that contains a JWT is its parts. */
export const headerText = (value: HeaderValue): string =>
  typeof value === 'string' ? value : value.join('.')

export const headersOf = ({ headers }: VectorRequest): Headers =>
  new Headers(Object.entries(headers).map(([name, value]) => [name, headerText(value)]))
