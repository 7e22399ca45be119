/** Scopes and resource servers (RFC 8707), with their descriptions for the consent page. */
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

export interface ScopeCatalog {
  readonly scopes: readonly Scope[]
  readonly resource_servers: readonly ResourceServer[]
}

/** All scopes and resource servers; cached at the edge. */
export type LoadScopeCatalog = () => Promise<ScopeCatalog>
