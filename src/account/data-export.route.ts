/** `POST /account/data/export`: everything that is stored about the person, as a file. */
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes, pageFormRefusals } from '../kit/describe-route.ts'
import { noStoreHeaders } from '../kit/json-response.ts'
import { renderTooManyRequests } from '../pages/error-page.tsx'
import { goTo } from '../pages/page.ts'
import { exportData } from './export-data.ts'
import { readFactorForm } from './factor-change.ts'

export const dataExportRoutes = new DescribedRoutes<AppEnv>().describe(
  {
    id: 'exportOwnData',
    method: 'post',
    path: '/account/data/export',
    summary: 'Everything that is stored about the user, as a file',
    tag: 'Account',
    responses: {
      200: 'The file, streamed; one that breaks off is not complete',
      303: 'A new sign-in is needed first',
      ...pageFormRefusals,
      429: 'Too many downloads',
    },
  },
  async (c) => {
    // Attack: a thief of an open session takes everything at once.
    const request = await readFactorForm(c, 'data')
    if (!request.ok) return request.error
    const { user_id, session_id } = request.value.session
    const { deps, origin } = c.env
    const decision = await deps.rateLimiter.take('export-user', user_id)
    if (!decision.allowed) return renderTooManyRequests(c, decision)
    const body = await exportData(deps, { user_id, session_id, origin })
    if (!body) return goTo('/login')
    return new Response(body, {
      headers: {
        'content-type': 'application/json',
        'content-disposition': 'attachment; filename="account.json"',
        'cross-origin-resource-policy': 'same-origin',
        ...noStoreHeaders,
      },
    })
  },
)
