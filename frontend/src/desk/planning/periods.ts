export interface Read {
  periods: { starts: string; ends: string }[]
  wrong: { line: number; text: string }[]
}

/** Lines such as 8:30-9:10, with any dash and full-width colons; the server judges the times. */
export function readPeriods(text: string): Read {
  const read: Read = { periods: [], wrong: [] }
  text.split('\n').forEach((line, at) => {
    const bare = line.trim().replace(/：/g, ':')
    if (!bare) return
    const found = /^(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})$/.exec(bare)
    if (found?.[1] && found[2]) read.periods.push({ starts: found[1], ends: found[2] })
    else read.wrong.push({ line: at + 1, text: line.trim() })
  })
  return read
}
