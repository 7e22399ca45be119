export const presetNames = ['spa', 'web', 'native', 'machine', 'mcp'] as const
export type PresetName = (typeof presetNames)[number]
