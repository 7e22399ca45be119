/** Decimal digits of all scripts. */

/** Each script's digits are ten consecutive code points from 0 to 9 (Unicode Standard §4.6). */
function digitValue(digit: string): number {
  const point = digit.codePointAt(0) as number
  // Scripts may follow one another without a gap: count back to the first of the run, which is a zero.
  let first = point
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--
  return (point - first) % 10
}

/** `text` with ASCII digits; undefined when it has anything but decimal digits. At most 64 characters are read. */
export function digitsOf(text: string): string | undefined {
  if (text.length > 64 || !/^\p{Nd}+$/u.test(text)) return undefined
  return Array.from(text, (digit) => digitValue(digit)).join('')
}
