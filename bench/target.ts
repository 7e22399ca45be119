/** What the harness asks of anything it measures: Authly, the bare twins and oidc-provider. */

/** Steps of a sign-in; no peer has them. */
export const signInNames = ['passkey', 'totp'] as const

export const operationNames = [
  'client_credentials',
  'client_credentials_dpop',
  'client_credentials_jwt',
  'code',
  'code_es256',
  'refresh',
  'refresh_es256',
  'authorize',
  'par_authorize',
  'fapi_code',
  'introspect',
  ...signInNames,
  'discovery',
  'jwks',
] as const
export type SignInName = (typeof signInNames)[number]
export type OperationName = (typeof operationNames)[number]

export const targetNames = [
  'authly',
  'metrics-off',
  'metrics-on',
  'twin',
  'oidc-provider-memory',
  'oidc-provider-postgres',
] as const
export type TargetName = (typeof targetNames)[number]

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** How a single response is recognised as a success; a run with one failure is invalid. */
export interface Expectation {
  readonly status: readonly number[]
  /** A substring the body must contain. */
  readonly bodyContains?: string
  /** A substring the `Location` header must contain. */
  readonly locationContains?: string
}

/** Requests that do not wait for each other. `{token}` in the template's body stands for the next token of the queue. */
export type SinglePlan = { readonly port: number; readonly expect: Expectation } & (
  | { readonly kind: 'rotate'; readonly requests: readonly HttpRequest[] }
  /** Each request may be sent once; the run ends early when they are used up. */
  | { readonly kind: 'once'; readonly requests: readonly HttpRequest[] }
  /** Each response carries the token for a later request: refresh rotation. */
  | { readonly kind: 'successor'; readonly template: HttpRequest; readonly tokens: readonly string[] }
)

/** What an answer brings for the requests after it, where `{code}` and `{request_uri}` stand for it. */
export type Brought = 'code' | 'request_uri'

export interface FlowStep {
  readonly expect: Expectation
  readonly brings?: Brought
}

/**
 * Requests that follow from each other: a flow is one request for each step, sent when the answer before it is there.
 * What is counted are whole flows. Each may be played once; the run ends early when they are used up.
 */
export interface FlowPlan {
  readonly kind: 'flow'
  readonly port: number
  readonly steps: readonly FlowStep[]
  readonly flows: readonly (readonly HttpRequest[])[]
}

/** What is sent in one run. */
export type RequestPlan = SinglePlan | FlowPlan

export interface LoadResult {
  /** Of a `FlowPlan`: flows, here and below. */
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
  /** The first failing response, for the reader of an invalid run. */
  readonly failureSample?: string
  /** Tokens not yet used, for the next run of a `successor` plan. */
  readonly tokensLeft?: readonly string[]
  /** Values captured from `Location`, when the run was asked to collect them. */
  readonly collected?: readonly string[]
}

/** Root pids by what they are, because the reader wants to know who used the CPU. */
export interface ProcessRoots {
  readonly server: readonly number[]
  readonly database: readonly number[]
  /** The local stand-in for Neon's proxy; reported, not compared: in production it is not ours. */
  readonly gateway: readonly number[]
}

export interface Target {
  readonly name: TargetName
  /** Operations this target can be measured on. */
  readonly operations: ReadonlySet<OperationName>
  start(): Promise<void>
  roots(): ProcessRoots
  /**
   * Waits for what the server put off while it answered `requests` since `sinceMs` (audit events on their way to the
   * database): it belongs to these requests. False when it does not get done.
   */
  untilDelivered(operation: OperationName, sinceMs: number, requests: number): Promise<boolean>
  /** Makes what a run needs; `requests` says how many single-use requests are wanted. */
  plan(operation: OperationName, requests: number): Promise<RequestPlan>
  /** Told about each run, so that rotated tokens are not lost. */
  afterRun(operation: OperationName, result: LoadResult): void
  stop(): Promise<void>
}
