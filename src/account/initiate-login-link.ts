/** The way to an application that starts a sign-in at this server (OpenID Connect Core §4). */

/** Names this server as the issuer, and nobody: the application asks who it is. */
export function signInLink(initiateLoginUri: string, issuer: string): string {
  const url = new URL(initiateLoginUri)
  url.searchParams.append('iss', issuer)
  return url.href
}
