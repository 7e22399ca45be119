/** Who acts: a user through a client, or a client for itself (service account). */
export interface Actor {
  readonly type: 'user' | 'client'
  /** User id or client id. */
  readonly id: string
  /** The client that holds the token. */
  readonly clientId: string
}

/** The actor of a request, with facts from the token and the request. */
export interface Caller extends Actor {
  readonly scopes: readonly string[]
  /** When the user last authenticated (seconds since the Unix epoch); undefined for clients. */
  readonly authTime: number | undefined
  /** Authentication context class (OpenID Connect Core §2); undefined for clients. */
  readonly acr?: string | undefined
  /** That class and those below it. */
  readonly reached?: readonly string[] | undefined
  /** Whether this request is signed (RFC 9421). */
  readonly isSigned?: boolean | undefined
}

/** The access token of a request, as its object identifies it. */
export interface LiveToken {
  /** Name of the object. */
  readonly subject: string
  readonly grantId: string | undefined
  readonly jtiHash: string
  readonly expiresAtSeconds: number
}
