/**
 * What kind of picture a file is and how large, from its first bytes. Nothing is decoded: a few kilobytes can describe
 * gigabytes of pixels, and decoders are where the flaws are. Whoever shows the picture does so in the browser, to people
 * who trust the administrator that uploaded it.
 */
import type { ImageType } from './brand-image.ts'

export interface ImageHeader {
  readonly type: ImageType
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/** `undefined` for anything but a still PNG, JPEG or WebP with a size. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const header = readPng(view) ?? readJpeg(view) ?? readWebp(view)
    return header && header.width > 0 && header.height > 0 ? header : undefined
  } catch (error) {
    // Read past the end: the file is cut off.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const textAt = (view: DataView, offset: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)))

/** PNG (third edition) §5.2, §11.2.1: the signature, then the chunk IHDR. */
function readPng(view: DataView): ImageHeader | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined
  if (view.getUint32(8) !== 13 || textAt(view, 12) !== 'IHDR') return undefined
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
}

/** Markers of JPEG (ITU T.81 B.1.1.3) that start a frame: SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** ITU T.81 B.2: segments until the one that starts the frame, which says its size. */
function readJpeg(view: DataView): ImageHeader | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  let offset = 2
  for (;;) {
    if (view.getUint8(offset) !== 0xff) return undefined
    const marker = view.getUint8(offset + 1)
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      offset += 1
      continue
    }
    if (isFrame(marker)) {
      return { type: 'image/jpeg', height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) }
    }
    // The scan or the end before any frame.
    if (marker === 0xda || marker === 0xd9) return undefined
    const length = view.getUint16(offset + 2)
    if (length < 2) return undefined
    offset += 2 + length
  }
}

/** RFC 9649 §2.5 to §2.7: lossy, lossless or extended. Animation is refused: a logo stands still. */
function readWebp(view: DataView): ImageHeader | undefined {
  if (textAt(view, 0) !== 'RIFF' || textAt(view, 8) !== 'WEBP') return undefined
  const size24 = (offset: number) => view.getUint16(offset, true) + (view.getUint8(offset + 2) << 16)
  switch (textAt(view, 12)) {
    case 'VP8 ': {
      // RFC 6386 §9.1: start code, then 14 bits each.
      if (size24(23) !== 0x2a019d) return undefined
      const [width, height] = [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff]
      return { type: 'image/webp', width, height }
    }
    case 'VP8L': {
      if (view.getUint8(20) !== 0x2f) return undefined
      const bits = view.getUint32(21, true)
      return { type: 'image/webp', width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 'VP8X': {
      const isAnimated = (view.getUint8(20) & 0b10) !== 0
      if (isAnimated) return undefined
      return { type: 'image/webp', width: size24(24) + 1, height: size24(27) + 1 }
    }
    default:
      return undefined
  }
}
