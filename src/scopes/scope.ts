/** Scopes, authorization details and resource servers (RFC 8707), with their descriptions for the consent page. */
export interface Scope {
  readonly name: string
  readonly description: string
  readonly resource: string | undefined
}

export interface ResourceServer {
  readonly resource: string
  readonly name: string
  /** Whether clients that nobody reviewed may ask for tokens for it. */
  readonly open_to_unreviewed: boolean
}

/** A type of authorization details (RFC 9396 §2). */
export interface AuthorizationDetailsType {
  readonly type: string
  /** The API whose tokens carry them. */
  readonly resource: string
  /** One line for the consent page; `{member}` stands for a member of the object. */
  readonly description: string
  /** JSON Schema (2020-12) of the object. */
  readonly schema: Readonly<Record<string, unknown>>
}

export interface ScopeCatalog {
  readonly scopes: readonly Scope[]
  /** Absent in a copy that a version from before them has put into the cache. */
  readonly authorization_details_types?: readonly AuthorizationDetailsType[]
  readonly resource_servers: readonly ResourceServer[]
}

/** All scopes and resource servers; cached at the edge. */
export type LoadScopeCatalog = () => Promise<ScopeCatalog>
