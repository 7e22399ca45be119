/** The demo beside a development server: nice to have, so that what is in its way stops nothing. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { demoApplicationId } from '../bootstrap/demo-application.ts'
import { demoResource } from '../bootstrap/demo-clients.ts'

export type OfferedDemo =
  | { readonly origin: string; readonly stop: () => Promise<void> }
  | { readonly origin?: undefined; readonly stop?: undefined; readonly reason: string }

/** @returns undefined where its sources are not part of the installation */
export async function offerDemo(
  root: string,
  issuer: string,
  port: number,
): Promise<OfferedDemo | undefined> {
  if (!existsSync(join(root, 'sdk', 'demo'))) return undefined
  try {
    const { startDemo } = await import('./start-demo.ts')
    return await startDemo({ issuer, clientId: demoApplicationId, audience: demoResource.resource, port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return {
      reason:
        code === 'EADDRINUSE' ? `port ${port} is in use (${withOtherPort(issuer, port)} npm start)` : message,
    }
  }
}

/** The variables that move the demo and leave the server where it is. */
function withOtherPort(issuer: string, taken: number): string {
  const own = Number(new URL(issuer).port)
  const other = [taken + 1, taken + 2].find((port) => port !== own && port <= 65_535) ?? 8788
  return `${own === 8787 ? '' : `PORT=${own} `}DEMO_PORT=${other}`
}
