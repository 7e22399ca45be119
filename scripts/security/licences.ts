/** Which licences dependencies may have (SPDX expressions). */

/** Permissive: compatible with Apache-2.0 in what is deployed and published. */
const permissive = [
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'Zlib', 'Python-2.0'],
]
/** Tools that run here and are part of nothing: their files stay as they are. */
const forDevelopment = ['MPL-2.0']

/**
 * Whether an SPDX expression allows the use: one side of OR is enough, both of AND are needed. What is not understood is
 * not allowed.
 * @param dev only used in development
 */
export function isAllowed(expression: string, { dev }: { dev: boolean }): boolean {
  const allowed = new Set(dev ? [...permissive, ...forDevelopment] : permissive)
  const tokens = expression.match(/[()]|[\w.+-]+/g) ?? []
  let position = 0

  const readOr = (): boolean => {
    let value = readAnd()
    while (tokens[position] === 'OR') {
      position++
      const right = readAnd()
      value = value || right
    }
    return value
  }
  const readAnd = (): boolean => {
    let value = readOne()
    while (tokens[position] === 'AND') {
      position++
      const right = readOne()
      value = value && right
    }
    return value
  }
  const readOne = (): boolean => {
    const token = tokens[position++]
    if (token !== '(') return token !== undefined && allowed.has(token)
    const value = readOr()
    return tokens[position++] === ')' && value
  }

  const value = readOr()
  return value && position === tokens.length
}
