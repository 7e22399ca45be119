import { auth } from '../lib/auth'

export default async function Page() {
  const { user } = await auth()
  return (
    <main data-user={JSON.stringify(user ?? null)}>
      {user ? user.name : <a href="/auth/login">Sign in</a>}
    </main>
  )
}
