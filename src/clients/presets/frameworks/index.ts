/** The list of frameworks. A new one is an entry in a file here. */
import { browserFrameworks } from './browser-frameworks.ts'
import { deviceFrameworks } from './device-frameworks.ts'
import type { Framework } from './framework.ts'
import { serverFrameworks } from './server-frameworks.ts'

const all = [...browserFrameworks, ...serverFrameworks, ...deviceFrameworks] as const
export type FrameworkName = (typeof all)[number]['name']

export type KnownFramework = Framework & { readonly name: FrameworkName }

export const frameworks: readonly KnownFramework[] = all
export const frameworkNames = all.map(({ name }) => name) as [FrameworkName, ...FrameworkName[]]
