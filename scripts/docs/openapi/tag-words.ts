/** One line about each group of operations, in the order readers see them. */
export const tagWords: Readonly<Record<string, string>> = {
  'OAuth 2.1': 'Authorization, tokens, introspection, revocation.',
  'OpenID Connect': 'Discovery, keys, userinfo, logout.',
  Users: 'Users: find, create, change, disable, unlock, delete; their sessions and consents.',
  Roles: 'Who may administer what.',
  Clients: 'Applications and their secrets.',
  Scopes: 'Scopes and resource servers.',
  Keys: 'Signing keys: list, rotate, retire.',
  Settings: 'Settings and rate-limit policies.',
  Branding: 'Pictures of the hosted pages; names, colours and links are settings.',
  Dashboard: 'Statistics and status.',
  Bulk: 'Many users at once: import, export, update, delete.',
  Jobs: 'Background jobs: progress, results, cancelling.',
  Audit: 'The audit trail: read, search, follow, export, verify.',
  'Webhook events': 'Requests that the server makes to your endpoints.',
  'Sign-in': 'The hosted pages of a sign-in: for browsers, not for programs.',
  Account: 'The signed-in person’s own account: for browsers, not for programs.',
}
