/** A slot's playlist as the recorder writes it (RFC 8216bis), read into its parts. Pure. */

export interface Part { segment: number; index: number; uri: string; independent: boolean }
export interface Playlist { init: string; parts: Part[] }

/** Throws nothing: a line that says nothing known is left out. */
export function readPlaylist(text: string): Playlist {
  const list: Playlist = { init: '', parts: [] }
  let [segment, index] = [0, 0]
  for (const line of text.split('\n')) {
    const uri = /URI="([^"]+)"/.exec(line)?.[1] ?? ''
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) segment = Number(line.split(':')[1])
    else if (line.startsWith('#EXT-X-MAP:')) list.init = uri
    else if (line.startsWith('#EXT-X-PART:')) list.parts.push({ segment, index: index++, uri, independent: line.includes('INDEPENDENT=YES') })
    else if (line && !line.startsWith('#')) [segment, index] = [segment + 1, 0]
  }
  return list
}

/** What to fetch now: everything after the last part, or from the newest place where a picture can begin. */
export function following(list: Playlist, last: Part | null): Part[] {
  const at = last ? list.parts.findIndex((part) => part.segment > last.segment || (part.segment === last.segment && part.index > last.index)) : -1
  const begun = last && list.parts.some((part) => part.segment === last.segment && part.index === last.index)
  if (begun) return at < 0 ? [] : list.parts.slice(at)
  const begin = list.parts.map((part) => part.independent).lastIndexOf(true)
  return begin < 0 ? [] : list.parts.slice(begin)
}
