/** What `authly clients create --framework react` prints. */
interface ImportMeta {
  readonly env: {
    readonly VITE_AUTHLY_ISSUER: string
    readonly VITE_AUTHLY_CLIENT_ID: string
    readonly VITE_AUTHLY_AUDIENCE: string
  }
}
