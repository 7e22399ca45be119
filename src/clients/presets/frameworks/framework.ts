/** Frameworks: what the development server, the libraries and the build tool of each expect. */
import type { PresetName } from '../preset-name.ts'

/** How a framework is used by clients of one preset. */
export interface FrameworkUse {
  /** Path of the redirect URI below the development server. */
  readonly callback?: string
  /** Redirect URIs of a program that chooses them itself. */
  readonly redirect_uris?: readonly string[]
  /** Path to return to after signing out; `/` if absent. */
  readonly signed_out?: string
  /** Path where logout tokens are received. */
  readonly backchannel?: string
  /** Redirect URIs have a scheme of the application's own (RFC 8252 §7.1). */
  readonly private_scheme?: true
  /** What the build tool wants names of variables to begin with, to let them into the browser. */
  readonly prefix?: string
  /** What signs people in there. */
  readonly library: string
  readonly note?: string
}

export interface Framework {
  readonly name: string
  readonly title: string
  /** Port of its development server. */
  readonly port?: number
  /** The file its tools read variables from. */
  readonly env_file: string
  /** The first is meant where only the framework is named. */
  readonly uses: Partial<Record<PresetName, FrameworkUse>>
}
