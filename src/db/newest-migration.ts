/** Which schema this build needs. */
import { entries } from '../../drizzle/meta/_journal.json'

/** The newest migration of this build, by the time in the journal that identifies it (milliseconds since the Unix epoch). */
export const newestMigration: number = Math.max(...entries.map(({ when }) => when))
