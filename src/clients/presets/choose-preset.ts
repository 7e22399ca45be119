/** Which preset is meant, and how the framework is used by it. */
import type { Fault } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { FrameworkUse } from './frameworks/framework.ts'
import { frameworks, type KnownFramework } from './frameworks/index.ts'
import { presets } from './index.ts'
import type { Preset } from './preset.ts'
import type { PresetName } from './preset-name.ts'

export interface Choice {
  readonly preset: Preset
  readonly framework: KnownFramework | undefined
  readonly use: FrameworkUse | undefined
}

/** @returns undefined if neither was named */
export function choosePreset(named: {
  readonly preset?: string | undefined
  readonly framework?: string | undefined
}): Result<Choice | undefined, readonly Fault[]> {
  const framework = frameworks.find(({ name }) => name === named.framework)
  const usable = Object.keys(framework?.uses ?? {}) as PresetName[]
  const name = named.preset ?? usable[0]
  const preset = presets.find((one) => one.name === name)
  if (!preset) return ok(undefined)
  const use = framework?.uses[preset.name]
  if (framework && !use) {
    const detail = `is for ${usable.map((one) => `the preset ${one}`).join(' or ')}, not for ${preset.name}`
    return err([{ pointer: '#/framework', detail }])
  }
  return ok({ preset, framework, use })
}
