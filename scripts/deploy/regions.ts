/** The regional deployments, as wrangler.toml lists them: one `[env.<region>]` each. */
import { readFileSync } from 'node:fs'

const wranglerToml = new URL('../../wrangler.toml', import.meta.url)

/** Names of the environments, in the order of the file. */
export const regions: readonly string[] = [
  ...readFileSync(wranglerToml, 'utf8').matchAll(/^\[env\.([a-z0-9-]+)\]$/gm),
].map((match) => match[1] as string)
