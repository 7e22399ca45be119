import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictObject } from '../../src/kit/json-object.ts'

describe('a JSON object that means one thing', () => {
  it.each([
    ['a member twice', '{"a":1,"a":2}'],
    ['a member twice, one of them escaped', String.raw`{"a":1,"\u0061":2}`],
    ['a member twice with white space', '{"a" : 1,\n"a"\t: 2}'],
    ['a member twice further in', '{"x":[{"b":1,"b":1}]}'],
    ['a member twice after other objects', '{"x":{"a":1},"y":{"a":1},"x":1}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['text', '"{}"'],
    ['a half', '{"a":'],
    ['more behind it', '{}{}'],
    ['nothing', ''],
  ])('is not %s', (_, json) => expect(parseStrictObject(json)).toBeUndefined())

  it.each([
    ['the same name in two objects', '{"a":{"a":1},"b":[{"a":1},{"a":2}]}'],
    ['a name as a value', '{"a":"a","b":["a","a"]}'],
    ['what looks like members in a text', String.raw`{"a":"{\"a\":1,\"a\":2}"}`],
    ['a text that ends in a backslash', String.raw`{"a\\":1,"a":2}`],
    ['a member called __proto__', '{"__proto__":{"x":1}}'],
  ])('may have %s', (_, json) => expect(parseStrictObject(json)).toEqual(JSON.parse(json)))

  it('is whatever object JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const json = JSON.stringify(value)
        expect(parseStrictObject(json)).toEqual(JSON.parse(json))
      }),
    )
  })

  it('is refused whichever member is repeated', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, index) => {
        const names = Object.keys(value)
        const name = JSON.stringify(names[index % names.length])
        expect(parseStrictObject(`${JSON.stringify(value).slice(0, -1)},${name}:0}`)).toBeUndefined()
      }),
    )
  })
})
