/** What tables show of the things people look at most; whatever is not named here shows its first plain fields. */
const eventColumns = ['position', 'occurred_at', 'type', 'outcome', 'actor_id', 'entity_type', 'entity_id']

export const columns: Readonly<Record<string, readonly string[]>> = {
  listUsers: ['id', 'username', 'email', 'status', 'roles', 'created_at'],
  listRoles: ['name', 'description', 'permissions', 'assignable_in', 'built_in'],
  listClients: ['client_id', 'client_name', 'token_endpoint_auth_method', 'enabled', 'created_at'],
  checkClientProfile: ['client_id', 'client_name', 'profile', 'enabled', 'people', 'contradicts'],
  listScopes: ['name', 'description', 'resource'],
  listResourceServers: ['resource', 'name'],
  listJobs: ['id', 'kind', 'status', 'processed', 'total', 'failed', 'actor.id', 'created_at'],
  listAuditEvents: eventColumns,
  searchAuditEvents: eventColumns,
  listUserAuditEvents: ['position', 'occurred_at', 'type', 'outcome', 'actor_id', 'client_id', 'ip'],
  listAdminAuditEvents: ['position', 'occurred_at', 'type', 'outcome', 'entity_type', 'entity_id', 'ip'],
  listAuditCheckpoints: ['sequence', 'first_position', 'last_position', 'event_count', 'sealed_at', 'hash'],
  listIdentifierCollisions: ['identifier', 'holder.id', 'holder.username', 'other.id', 'other.username'],
  listKeys: ['kid', 'alg', 'status', 'created_at', 'problem', 'next_step.step', 'next_step.due_at'],
  listWebhooks: ['id', 'name', 'url', 'event_types', 'enabled', 'disabled_reason'],
  listWebhookDeliveries: [
    ...['created_at', 'type', 'subject', 'status', 'attempts', 'response_status', 'reason', 'event_id'],
  ],
  listWebhookEventTypes: ['type', 'class', 'summary'],
  listSettings: ['name', 'value', 'description'],
}
