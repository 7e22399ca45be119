/** What the holder of an access token may see of the metrics. */
import { sql } from 'drizzle-orm'
import type { Authorized } from '../access/authorized.ts'
import type { AuthorizedDatabase } from '../access/authorized-database.store.ts'
import { mayAlso } from '../access/rights.store.ts'

/**
 * Whether the holder may read clients too. One round trip, which refuses (`AU403`) who may not read the metrics at all.
 */
export async function maySeeClients(db: AuthorizedDatabase, { actor }: Authorized): Promise<boolean> {
  const [row] = await db.run(sql`select ${mayAlso(actor, 'admin:clients:read')} as sees`)
  return row?.['sees'] === true
}
