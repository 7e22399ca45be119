/** Draws a logo as a PNG, so that tests need no file of somebody's brand. */
import { crc32, deflateSync } from 'node:zlib'

/** PNG (third edition) §5.3: length, type, data, CRC of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

/** Overlapping green discs on nothing, so that it fits light and dark pages. */
export function drawLogo({ width, height }: { readonly width: number; readonly height: number }): Buffer {
  const rows = Buffer.alloc((width * 4 + 1) * height)
  const radius = height / 2 - 2
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const disc = [0, 1, 2, 3, 4].findLast(
        (each) => Math.hypot(x - radius - 2 - each * radius * 1.5, y - height / 2) < radius,
      )
      if (disc !== undefined)
        rows.set([30 + disc * 20, 130 + disc * 12, 80, 255], y * (width * 4 + 1) + 1 + x * 4)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  // 8 bits, RGBA.
  header.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
