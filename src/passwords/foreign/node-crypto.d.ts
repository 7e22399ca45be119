/** The part of node:crypto that is used here. Workers implement it natively, but their types omit it. */
declare module 'node:crypto' {
  export function scryptSync(
    password: Uint8Array,
    salt: Uint8Array,
    length: number,
    options: { N: number; r: number; p: number; maxmem: number },
  ): ArrayBufferView & ArrayLike<number>
}
