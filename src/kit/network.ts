/** Networks: what addresses that one host can choose from have in common. */

/**
 * Where an address belongs. An IPv6 address counts as its /64: one host can use all 2^64 addresses of its
 * network, each with a bucket of its own.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  const [head = '', tail] = address.toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const hextets = [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4)
  return `${hextets.map((hextet) => hextet.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
