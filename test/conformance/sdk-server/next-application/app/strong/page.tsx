import { requireSignIn } from '../../lib/auth'

export default async function Page() {
  await requireSignIn({ acrValues: ['urn:authly:acr:mfa'] })
  return <main>strong</main>
}
