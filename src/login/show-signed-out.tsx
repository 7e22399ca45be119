/** The answer to a sign-out: at once to where the person wanted to go, or first the page that signs out clients. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { originsOf } from '../logout/front-channel.ts'
import { goTo, openPage, sendPage, withScript } from '../pages/page.ts'
import { SignedOutPage } from './logout.page.tsx'
import type { SignedOut } from './sign-out.ts'

interface WayOn {
  /** Path or registered URI. */
  readonly goOnTo?: string | undefined
  readonly uiLocales?: string | undefined
}

/** Clients of this browser are told in frames; those that are told from server to server are not waited for. */
export async function showSignedOut(
  c: Context<AppEnv>,
  { cookies, frames }: SignedOut,
  { goOnTo, uiLocales }: WayOn,
): Promise<Response> {
  if (frames.length === 0 && goOnTo !== undefined) return goTo(goOnTo, cookies)
  const opened = await openPage(c, uiLocales)
  const page = frames.length > 0 ? withScript(opened) : opened
  const html = <SignedOutPage page={page} {...{ frames, goOnTo }} />
  return sendPage(c, page, html, {
    cookies,
    frames: originsOf(frames),
  })
}
