import { requireSignIn } from '../../lib/auth'

export default async function Page() {
  const { user, accessToken } = await requireSignIn()
  // The proxy renewed it if that was needed.
  const hasToken = (await accessToken()) !== ''
  return <main data-user={JSON.stringify({ sub: user.sub })}>{String(hasToken)}</main>
}
