/**
 * To which telephone numbers text messages go. Attack: SMS pumping, in which somebody asks for codes to numbers of which
 * they get a share of the price, mostly in countries where a deployment has nobody.
 */

/**
 * Area codes of +1 outside the United States and Canada (North American Numbering Plan). Messages there are dearer by far,
 * and were pumped before; whoever allows +1 does not mean them.
 */
const elsewhereInPlusOne: ReadonlySet<string> = new Set(
  '242 246 264 268 284 340 345 441 473 649 658 664 670 671 684 721 758 767 784 787 809 829 849 868 869 876 939'
    .split(' ')
    .map((area) => `+1${area}`),
)

/**
 * Whether a number is of an allowed country.
 * @param number E.164
 * @param allowed calling codes, such as `+49`; `+1` is the United States and Canada, other places there are named with
 *   their area code, such as `+1876`
 */
export function isAllowedNumber(number: string, allowed: readonly string[]): boolean {
  const area = number.slice(0, 5)
  if (elsewhereInPlusOne.has(area)) return allowed.includes(area)
  return allowed.some((code) => number.startsWith(code))
}

export const callingCodePattern = /^\+(1\d{3}|[1-9]\d{0,2})$/
