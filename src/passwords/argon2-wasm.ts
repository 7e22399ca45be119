/**
 * Calls the Argon2 reference implementation (RFC 9106), compiled to WebAssembly by `@phi-ag/argon2`. The package's
 * own wrapper is not used: 0.5.28 passes the length in UTF-16 units where the C code expects bytes, so a password
 * outside ASCII is truncated ("пароль123456" also opens with "пароль999999") and the hash matches no other
 * implementation.
 */

interface Argon2Exports {
  readonly memory: WebAssembly.Memory
  _initialize(): void
  malloc(bytes: number): number
  free(pointer: number): void
  argon2_encodedlen(t: number, m: number, p: number, salt: number, hash: number, type: number): number
  argon2_hash(
    ...args: [
      timeCost: number,
      memoryKib: number,
      parallelism: number,
      password: number,
      passwordLength: number,
      salt: number,
      saltLength: number,
      hash: number,
      hashLength: number,
      encoded: number,
      encodedLength: number,
      type: number,
      version: number,
    ]
  ): number
  argon2_verify(encoded: number, password: number, passwordLength: number, type: number): number
}

export interface Argon2Cost {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

/** Values of the C enum. */
export const argon2Types = { argon2d: 0, argon2i: 1, argon2id: 2 } as const
export type Argon2Type = keyof typeof argon2Types

const version13 = 0x13
const encoder = new TextEncoder()

export interface Argon2 {
  /** Hashes with Argon2id; returns a PHC string. */
  hash(password: Uint8Array, salt: Uint8Array, cost: Argon2Cost, hashLength: number): string
  /** Compares in constant time. `phc` must have been parsed and its costs checked before. */
  verify(phc: string, password: Uint8Array, type: Argon2Type): boolean
  /** What the instance holds, used or not: WebAssembly memory never shrinks. */
  heldKib(): number
}

/** For passwords, salts and results beside the memory of one hash. */
const slackKib = 256

/**
 * Calls are synchronous, so they never overlap.
 * @param largestKib the dearest hash that will be computed: its memory is reserved once. Without that the allocator, which
 *   does not join a free block with what it grows by, soon holds it twice.
 */
export function instantiateArgon2(module: WebAssembly.Module, largestKib: number): Argon2 {
  const wasm = new WebAssembly.Instance(module, {}).exports as unknown as Argon2Exports
  wasm._initialize()
  wasm.free(wasm.malloc((largestKib + slackKib) * 1024))
  /** A new view for every access, because growing the memory detaches old ones. */
  const view = (pointer: number, length: number) => new Uint8Array(wasm.memory.buffer, pointer, length)

  /** Runs `work` with copies of `inputs` in wasm memory, then wipes them, so that no password remains there. */
  function withInputs<T>(inputs: readonly Uint8Array[], work: (...pointers: number[]) => T): T {
    const pointers = inputs.map((input) => {
      const pointer = wasm.malloc(input.length || 1)
      if (pointer === 0) throw new Error('argon2: out of memory')
      view(pointer, input.length).set(input)
      return pointer
    })
    try {
      return work(...pointers)
    } finally {
      pointers.forEach((pointer, index) => {
        view(pointer, (inputs[index] as Uint8Array).length).fill(0)
        wasm.free(pointer)
      })
    }
  }

  return {
    hash(password, salt, cost, hashLength) {
      const { memoryKib, passes, parallelism } = cost
      const type = argon2Types.argon2id
      const length = wasm.argon2_encodedlen(passes, memoryKib, parallelism, salt.length, hashLength, type)
      const outputs = [new Uint8Array(hashLength), new Uint8Array(length)]
      return withInputs(
        [password, salt, ...outputs],
        (passwordAt = 0, saltAt = 0, hashAt = 0, encodedAt = 0) => {
          const failure = wasm.argon2_hash(
            passes,
            memoryKib,
            parallelism,
            passwordAt,
            password.length,
            saltAt,
            salt.length,
            hashAt,
            hashLength,
            encodedAt,
            length,
            type,
            version13,
          )
          if (failure !== 0) throw new Error(`argon2: error ${failure}`)
          return new TextDecoder().decode(view(encodedAt, length - 1))
        },
      )
    },

    verify(phc, password, type) {
      return withInputs(
        [encoder.encode(`${phc}\0`), password],
        (encodedAt = 0, passwordAt = 0) =>
          wasm.argon2_verify(encodedAt, passwordAt, password.length, argon2Types[type]) === 0,
      )
    },

    heldKib: () => wasm.memory.buffer.byteLength / 1024,
  }
}
