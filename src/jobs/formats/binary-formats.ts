/** Files that are no text, by their first bytes, so that a refusal can say what was sent instead of CSV or JSON lines. */

interface BinaryFormat {
  /** With its article, for a sentence. */
  readonly name: string
  /** Position of the signature. */
  readonly at?: number
  readonly signature: readonly number[]
}

const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0))

const formats: readonly BinaryFormat[] = [
  { name: 'a ZIP archive (.zip, .xlsx and .ods are)', signature: [...ascii('PK'), 3, 4] },
  { name: 'an empty ZIP archive', signature: [...ascii('PK'), 5, 6] },
  { name: 'a gzip archive', signature: [0x1f, 0x8b] },
  { name: 'a bzip2 archive', signature: ascii('BZh') },
  { name: 'an xz archive', signature: [0xfd, ...ascii('7zXZ'), 0] },
  { name: 'a Zstandard archive', signature: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'a 7-Zip archive', signature: [...ascii('7z'), 0xbc, 0xaf, 0x27, 0x1c] },
  { name: 'a RAR archive', signature: [...ascii('Rar!'), 0x1a, 7] },
  { name: 'a tar archive', at: 257, signature: ascii('ustar') },
  { name: 'a workbook of an old Excel (.xls)', signature: [0xd0, 0xcf, 0x11, 0xe0] },
  { name: 'a PDF document', signature: ascii('%PDF-') },
]

/** Bytes from the start that `binaryFormatOf` needs. */
export const signatureBytes = Math.max(...formats.map(({ at = 0, signature }) => at + signature.length))

/** What the bytes are the beginning of; undefined if nothing of the list. */
export const binaryFormatOf = (head: Uint8Array): string | undefined =>
  formats.find(({ at = 0, signature }) => signature.every((byte, index) => head[at + index] === byte))?.name
