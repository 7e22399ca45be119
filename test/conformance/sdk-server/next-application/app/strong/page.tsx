import { requireSignIn } from '../../lib/auth'

export default async function Page() {
  await requireSignIn({ acrValues: ['urn:authly:mfa'] })
  return <main>strong</main>
}
