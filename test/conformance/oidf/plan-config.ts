/** The configuration of a plan, as the suite reads it. */
import { describeBrowser } from './browser.ts'
import { makeClients, type SuiteClient } from './clients.ts'
import type { Plan } from './plans.ts'
import type { TestedServer } from './server.ts'
import type { Suite } from './suite.ts'

export async function configurePlan(suite: Suite, server: TestedServer, plan: Plan): Promise<object> {
  const { issuer, person } = server
  const alias = `authly-${plan.id}`
  const api = plan.clients === 'certificate' ? server.mtlsOrigin : issuer
  const home = `${suite.origin}/test/a/${alias}`
  const [first, second, post] = await makeClients(server, plan, home)
  return {
    ...{ alias, description: `Authly: ${plan.id}` },
    server: { discoveryUrl: `${issuer}/.well-known/openid-configuration`, login_hint: person.username },
    client: describe(plan, first, 'first'),
    client2: describe(plan, second, 'second'),
    ...(post && { client_secret_post: describe(plan, post, 'third') }),
    ...(first?.certificate && { mtls: first.certificate }),
    ...(second?.certificate && { mtls2: second.certificate }),
    ...(plan.resource && { resource: { resourceUrl: `${api}${plan.resource}` } }),
    ...(plan.needsChromium ? {} : describeBrowser(server, home)),
  }
}

function describe(plan: Plan, client: SuiteClient | undefined, order: string): object {
  if (client === undefined) return { client_name: `Conformance ${plan.id} ${order}` }
  const { client_id, client_secret, jwks } = client
  return {
    client_id,
    ...(client_secret && { client_secret }),
    ...(jwks && { jwks }),
    ...(plan.scope && { scope: plan.scope }),
  }
}
