/** What tables show of the things people look at most; whatever is not named here shows its first plain fields. */
export const columns: Readonly<Record<string, readonly string[]>> = {
  listUsers: ['id', 'username', 'email', 'status', 'roles', 'created_at'],
  listRoles: ['name', 'description', 'permissions', 'assignable_in', 'built_in'],
  listClients: ['client_id', 'client_name', 'token_endpoint_auth_method', 'enabled', 'created_at'],
  listScopes: ['name', 'description', 'resource'],
  listResourceServers: ['resource', 'name'],
  listJobs: ['id', 'kind', 'status', 'processed', 'total', 'failed', 'created_at'],
  listAuditEvents: ['position', 'occurred_at', 'type', 'outcome', 'actor_id', 'entity_type', 'entity_id'],
  searchAuditEvents: ['position', 'occurred_at', 'type', 'outcome', 'actor_id', 'entity_type', 'entity_id'],
  listSigningKeys: ['kid', 'alg', 'status', 'created_at'],
  listSettings: ['name', 'value', 'description'],
}
