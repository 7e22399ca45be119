/** Finds the login in progress that a request belongs to. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { readBrowserBinding } from './browser-binding.ts'
import { renderErrorPage } from './error-page.tsx'
import { type Interaction, openInteraction, sealInteraction } from './interaction.ts'
import { chooseLanguage } from './messages/choose-language.ts'

export interface LoadedInteraction {
  readonly interaction: Interaction
  /** As received, for the next form. */
  readonly sealed: string
}

/**
 * Opens the `interaction` parameter: `undefined` when there is none (the person came by themselves), an error
 * page when it is forged, expired or another browser's.
 */
export async function loadInteraction(
  c: Context<AppEnv>,
  sealed: string | undefined,
): Promise<Result<LoadedInteraction | undefined, Response>> {
  if (!sealed) return ok(undefined)
  const { config, root, now } = c.env.deps
  const binding = readBrowserBinding(config, c.req.header('cookie'))
  const interaction = await openInteraction(root, sealed, binding, now())
  return interaction ? ok({ interaction, sealed }) : err(await expired(c))
}

/** The same for pages that make no sense without one. */
export async function requireInteraction(
  c: Context<AppEnv>,
  sealed: string | undefined,
): Promise<Result<LoadedInteraction, Response>> {
  const loaded = await loadInteraction(c, sealed)
  if (!loaded.ok) return loaded
  return loaded.value ? ok(loaded.value) : err(await expired(c))
}

function expired(c: Context<AppEnv>): Promise<Response> {
  const { messages } = chooseLanguage(undefined, c.req.header('accept-language'))
  return renderErrorPage(c, { status: 400, message: messages.interactionExpired })
}

/** The path of a page that goes on with `interaction`. */
export async function withInteraction(
  c: Context<AppEnv>,
  path: string,
  interaction: Interaction,
): Promise<string> {
  return `${path}?interaction=${await sealInteraction(c.env.deps.root, interaction)}`
}

/** Where authorize takes over again. */
export const resumePath = '/oauth/authorize/resume'
