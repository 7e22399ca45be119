/** Rows of the log of deliveries. */
import { sql } from 'drizzle-orm'
import { tableRow } from '../../db/json-row.ts'
import { webhookDeliveries } from '../../db/schema.ts'

export const deliveryRow = tableRow(webhookDeliveries)

export const selectDelivery = (webhookId: string, eventId: string) =>
  sql`select ${deliveryRow.json} as row from webhook_deliveries
    where webhook_id = ${webhookId}::uuid and event_id = ${eventId}::uuid`
