/** Whose factor it is, as authenticator apps and files show it. */
import type { Dependencies } from '../dependencies.ts'

/** @returns the deployment's name, and what the person signs in with */
export async function accountLabel(
  { findUser, readSettings }: Pick<Dependencies, 'findUser' | 'readSettings'>,
  userId: string,
): Promise<{ readonly issuer: string; readonly account: string }> {
  const [user, settings] = await Promise.all([findUser(userId), readSettings()])
  return { issuer: settings['branding.name'], account: user?.email ?? user?.username ?? userId }
}
