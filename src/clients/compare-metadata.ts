/** Which of a client's metadata a change is about. */
import type { ClientMetadata } from './client-metadata.ts'

/** Whether both say the same of these members. */
export const isSameIn = (
  names: readonly (keyof ClientMetadata)[],
  left: ClientMetadata,
  right: ClientMetadata,
): boolean => names.every((name) => JSON.stringify(left[name]) === JSON.stringify(right[name]))
