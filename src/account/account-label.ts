/** Whose factor it is, as authenticator apps and files show it. */
import type { Dependencies } from '../dependencies.ts'

/** @returns the deployment's name, and what the person signs in with */
export async function accountLabel(
  { config, findUser }: Pick<Dependencies, 'config' | 'findUser'>,
  userId: string,
): Promise<{ readonly issuer: string; readonly account: string }> {
  const user = await findUser(userId)
  return { issuer: new URL(config.issuer).hostname, account: user?.email ?? user?.username ?? userId }
}
