/**
 * Finds the records in JSON as it arrives, so that a file larger than memory can be read: one object after another
 * (NDJSON, or printed prettily), the entries of an array, or those of a member `users` or `Users`, also in several pages.
 */
import { usage } from '../failure.ts'

/** UTF-16 units of one record. Stops a file that is not what it seems before it fills the memory. */
export const maxRecord = 1024 * 1024

const lists = new Set(['users', 'Users'])

export interface RecordSplitter {
  /** The JSON texts of the records that are complete by now. */
  push(text: string): string[]
  /** @throws Failure when the file stops in the middle */
  end(): void
}

export function createRecordSplitter(): RecordSplitter {
  let depth = 0
  let top = ''
  let inString = false
  let isEscaped = false
  /** Members of a top-level object: whether the next string is a name, and the last name. */
  let expectsName = false
  let name = ''
  let isName = false
  /** At which depth records begin; the list in a top-level object moves it. */
  let recordDepth = 0
  let hasList = false
  let record = ''
  let isRecording = false
  let isTooLong = false

  const refuse = (why: string): never => {
    throw usage(`The file is not JSON that could be an export: ${why}.`)
  }

  const open = (character: string): void => {
    if (depth === 0) {
      top = character
      recordDepth = character === '[' ? 1 : 0
      hasList = false
    } else if (depth === 1 && top === '{' && character === '[' && lists.has(name)) {
      recordDepth = 2
      hasList = true
      isRecording = false
      record = ''
    }
    if (character === '{' && depth === recordDepth && !isRecording) {
      isRecording = true
      isTooLong = false
      record = ''
    }
    depth++
    expectsName = character === '{' && depth === 1
  }

  /** @returns the record that ends here */
  const close = (character: string): string | undefined => {
    if (--depth < 0) refuse(`a ${character} closes nothing`)
    if (character === ']' && depth === 1 && hasList && recordDepth === 2) recordDepth = -1
    if (!isRecording || character !== '}' || depth !== recordDepth) return undefined
    if (isTooLong) refuse(`one record is longer than ${maxRecord} characters`)
    isRecording = false
    const whole = `${record}}`
    record = ''
    return whole
  }

  const keep = (piece: string): void => {
    if (!isRecording || isTooLong) return
    if (record.length + piece.length > maxRecord) {
      isTooLong = true
      record = ''
    } else record += piece
  }

  const outside = (character: string): string | undefined => {
    if (character === '"') {
      if (depth === 0) refuse('a text stands where an object should')
      inString = true
      isName = expectsName && depth === 1
      if (isName) name = ''
    } else if (character === '{' || character === '[') open(character)
    else if (character === '}' || character === ']') return close(character)
    else if (character === ',') expectsName = depth === 1 && top === '{'
    else if (character === ':') expectsName = false
    else if (depth === 0 && !/\s/.test(character))
      refuse(`${JSON.stringify(character)} stands between objects`)
    return undefined
  }

  const inside = (character: string): void => {
    if (isEscaped) isEscaped = false
    else if (character === '\\') isEscaped = true
    else if (character === '"') inString = false
    if (inString && isName && name.length < 100) name += character
  }

  return {
    push(text) {
      const found: string[] = []
      let from = 0
      for (let index = 0; index < text.length; index++) {
        const character = text[index] as string
        if (inString) {
          inside(character)
          continue
        }
        const wasRecording = isRecording
        if (isRecording && (character === '}' || character === '[')) {
          keep(text.slice(from, index))
          from = index
        }
        const whole = outside(character)
        if (whole !== undefined) found.push(whole)
        if (isRecording !== wasRecording || whole !== undefined) from = isRecording ? index : index + 1
      }
      if (isRecording) keep(text.slice(from))
      return found
    },
    end() {
      if (depth > 0 || inString) refuse('it stops in the middle')
    },
  }
}
