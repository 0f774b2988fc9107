import type { Upload } from './calls'

/** The numbers of the parts that have not arrived, from what the server says it has. */
export function missing(upload: Upload): number[] {
  const there = new Set(upload.received.map((part) => part.number))
  return Array.from({ length: upload.parts ?? 0 }, (_, place) => place + 1).filter((number) => !there.has(number))
}

export function isSame(upload: Pick<Upload, 'filename' | 'size'>, file: Pick<File, 'name' | 'size'>): boolean {
  return upload.filename === file.name && upload.size === file.size
}
