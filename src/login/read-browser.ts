/** What a browser proves by its cookies. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { readDevices } from '../interaction/device-cookie.ts'
import { readPutOff } from '../interaction/put-off-cookie.ts'
import { readRemembered } from '../interaction/remembered-cookie.ts'
import { readSession } from '../interaction/session-cookie.ts'
import type { BrowserProofs } from './steps/step.ts'

export async function readBrowser(c: Context<AppEnv>): Promise<BrowserProofs> {
  const { deps } = c.env
  const cookies = c.req.header('cookie')
  const now = deps.now()
  const [previous, devices, remembered] = await Promise.all([
    readSession(deps, cookies),
    readDevices(deps, cookies, now),
    readRemembered(deps, cookies, now),
  ])
  return { previous: previous?.routing, devices, remembered, put_off: readPutOff(deps.config, cookies) }
}
