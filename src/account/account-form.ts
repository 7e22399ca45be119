/** What every request of the account page passes first. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { findLiveSession } from '../interaction/live-session.ts'
import { isOfScript } from '../kit/csrf.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { goTo } from '../pages/page.ts'
import { readPageForm } from '../pages/page-form.ts'
import type { Parameters } from '../protocol/parameters.ts'
import type { LiveSession } from '../sessions/session.ts'

/** The live, unrestricted session, or a redirect to sign in or change the password first; nothing for a script. */
export async function requireSession(c: Context<AppEnv>): Promise<Result<LiveSession, Response>> {
  if (isOfScript(c.req.raw.headers)) return err(new Response(null, { status: 403 }))
  const session = await findLiveSession(c.env.deps, c.req.header('cookie'))
  if (!session) return err(goTo('/login'))
  return session.password_change_required ? err(goTo('/password')) : ok(session)
}

/** A form of the account page, or of a page of its own at `path`, and who sent it. */
export async function readAccountForm(
  c: Context<AppEnv>,
  path = '/account',
): Promise<Result<{ readonly session: LiveSession; readonly form: Parameters }, Response>> {
  const form = await readPageForm(c, () => path)
  if (!form.ok) return form
  const session = await requireSession(c)
  return session.ok ? ok({ session: session.value, form: form.value }) : session
}

/** The reader's time zone as guessed by Cloudflare; UTC if unknown. */
export function timeZoneOf(request: Request): string {
  const timeZone = (request.cf as { timezone?: unknown } | undefined)?.timezone
  return typeof timeZone === 'string' ? timeZone : 'UTC'
}
