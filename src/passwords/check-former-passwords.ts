/** Whether a new password is one that the person had before. */
import type { PasswordHasher } from './password-hasher.ts'

/**
 * Compares with each hash in turn, so a slot must be held (`hash-slots.ts`).
 * @param former hashes of former passwords
 */
export async function isFormerPassword(
  hasher: Pick<PasswordHasher, 'verify'>,
  password: string,
  former: readonly string[],
): Promise<boolean> {
  for (const hash of former) if (await hasher.verify(password, hash)) return true
  return false
}
