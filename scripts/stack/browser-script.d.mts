import type { Plugin as EsbuildPlugin } from 'esbuild'
import type { Plugin as VitePlugin } from 'vite'

export const browserScripts: EsbuildPlugin
export const browserScriptsInTests: () => VitePlugin
export const bundleScript: (path: string) => Promise<string>
