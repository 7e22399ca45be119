/** Loads the interaction a request belongs to. */
import type { Context } from 'hono'
import type { AppEnv } from '../dependencies.ts'
import { readBrowserBindings } from '../interaction/browser-binding.ts'
import {
  type Interaction,
  type OpenedInteraction,
  openInteraction,
  sealInteraction,
} from '../interaction/interaction.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { showLostInteraction } from './lost-interaction.ts'

export interface LoadedInteraction {
  readonly interaction: Interaction
  /** As received, to pass on to the next form. */
  readonly sealed: string
}

/**
 * Opens the `interaction` parameter: `undefined` when there is none (the user came without an application), an
 * error page when it is forged, expired or belongs to another browser.
 */
export async function loadInteraction(
  c: Context<AppEnv>,
  sealed: string | undefined,
): Promise<Result<LoadedInteraction | undefined, Response>> {
  return sealed ? requireInteraction(c, sealed) : ok(undefined)
}

/** Like `loadInteraction`, for pages that require an interaction. */
export async function requireInteraction(
  c: Context<AppEnv>,
  sealed: string | undefined,
): Promise<Result<LoadedInteraction, Response>> {
  const opened = await openOwnInteraction(c, sealed)
  return opened.status === 'open'
    ? ok({ interaction: opened.interaction, sealed: sealed as string })
    : err(await showLostInteraction(c, opened))
}

/** Opens an interaction with the cookies of this request. */
export function openOwnInteraction(
  c: Context<AppEnv>,
  sealed: string | undefined,
): Promise<OpenedInteraction> {
  const { config, root, now } = c.env.deps
  return openInteraction(root, sealed, readBrowserBindings(config, c.req.header('cookie')), now())
}

/** The path of a page that continues `interaction`. */
export async function withInteraction(
  c: Context<AppEnv>,
  path: string,
  interaction: Interaction,
): Promise<string> {
  return `${path}?interaction=${await sealInteraction(c.env.deps.root, interaction)}`
}

/** Where authorize continues. */
export const resumePath = '/oauth/authorize/resume'
