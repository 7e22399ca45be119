/** The list of presets. A new one is a file here, a line below and its name in `preset-name.ts`. */
import { machine } from './machine.ts'
import { mcp } from './mcp.ts'
import { native } from './native.ts'
import type { Preset } from './preset.ts'
import { spa } from './spa.ts'
import { web } from './web.ts'

export const presets: readonly Preset[] = [spa, web, native, machine, mcp]
