/** The summary a developer reads when Authly has started. Secrets appear only on the start that created them, but
 * for the password in the address of the inbox: it opens messages of this machine, and a link must be clicked. */

import type { OfferedDemo } from '../demo/offer-demo.ts'
import type { DevFacts } from './dev-facts.ts'
import type { Development } from './prepare-development.ts'

/** The text `npm start` prints once the worker serves. */
export function developmentSummary(
  { facts, newAdminPassword, isFirstStart, hasDemo }: Development,
  demo?: OfferedDemo,
): string {
  const { issuer, admin, inbox_url } = facts
  const lines = [
    ...['', '  Authly is ready.', '', `  Issuer    ${issuer}`],
    ...demoLines(demo, facts.demo_person),
    ...[`  Guide     ${issuer}/guide/`, `  API       ${issuer}/docs`],
    `  Metrics   ${issuer}/metrics`,
    ...[`  Inbox     ${inbox_url}`, `  Sign in   ${issuer}/account`],
  ]
  if (admin !== undefined && newAdminPassword !== undefined) {
    lines.push(
      `            as ${admin.username} with the one-time password ${newAdminPassword}`,
      '            (shown once; you choose your own at the first sign-in)',
    )
  } else if (admin !== undefined) lines.push(`            as ${admin.username}`)
  const service = facts.clients['demo-service']
  if (hasDemo && service?.client_secret !== undefined && isFirstStart) {
    lines.push(
      '',
      '  A first token:',
      '',
      `    ${tokenCommand(issuer, service.client_id, service.client_secret)}`,
    )
  }
  lines.push(
    '',
    `  An application of your own, once you have signed in (npx authly login --issuer ${issuer}):`,
    '',
  )
  lines.push('    npx authly clients create --framework react --write-env ../my-app/.env.local')
  if (hasDemo) lines.push('', '  Administrator, demo clients and their secrets: .authly/dev.json')
  else lines.push('', '  This database has its own users and clients: no demo was added.')
  lines.push('  Stop with Ctrl-C.', '')
  return `${lines.join('\n')}\n`
}

function demoLines(demo: OfferedDemo | undefined, person: DevFacts['demo_person']): readonly string[] {
  if (demo?.origin === undefined) return demo ? [`  Demo      not served: ${demo.reason}`] : []
  return [
    `  Demo      ${demo.origin}`,
    ...(person ? [`            as ${person.username} (password: .authly/dev.json)`] : []),
  ]
}

function tokenCommand(issuer: string, clientId: string, secret: string): string {
  return `curl -s -u '${clientId}:${secret}' -d grant_type=client_credentials -d scope=demo:read ${issuer}/oauth/token`
}
