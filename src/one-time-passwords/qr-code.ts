/** QR codes (ISO/IEC 18004) as the path of an SVG. Loaded only by pages that show one. */
import { encode } from 'uqr'

export interface QrCode {
  /** Width and height in modules, with the quiet zone of four that scanners need. */
  readonly size: number
  /** The `d` of a path that fills the dark modules. */
  readonly path: string
}

/** Draws `text`, readable with up to 15 % of it covered. */
export function drawQrCode(text: string): QrCode {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const runs: string[] = []
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue
      const from = x
      while (row[x + 1]) x++
      const width = x - from + 1
      runs.push(`M${from} ${y}h${width}v1h-${width}z`)
    }
  })
  return { size, path: runs.join('') }
}
