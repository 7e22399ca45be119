import { type SQL, sql } from 'drizzle-orm'

/** Refuses (409 `webhook_disabled`) for an endpoint that gets nothing. */
export const refuseDisabled = (id: string): SQL => sql`
  select authly_refuse('AU409', 'webhook_disabled') from webhook_endpoints where id = ${id}::uuid and not enabled`
